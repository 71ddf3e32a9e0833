// A receiver with nothing but Go: PORT=9100 go run receiver.go
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

var key, _ = base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("WEBHOOK_SECRET"), "whsec_"))
var known sync.Map // yours is a table with a unique index

func isSigned(head http.Header, body []byte) bool {
	at, err := strconv.ParseInt(head.Get("webhook-timestamp"), 10, 64)
	if age := time.Since(time.Unix(at, 0)); err != nil || age.Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.%s", head.Get("webhook-id"), at, body)
	ours := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	for _, one := range strings.Fields(head.Get("webhook-signature")) {
		if hmac.Equal([]byte(one), ours) {
			return true
		}
	}
	return false
}

func receive(answer http.ResponseWriter, request *http.Request) {
	var events []struct{ ID, Type, URL string }
	body, _ := io.ReadAll(http.MaxBytesReader(answer, request.Body, 1<<20))
	if !isSigned(request.Header, body) || json.Unmarshal(body, &events) != nil {
		answer.WriteHeader(http.StatusUnauthorized)
		return
	}
	for _, event := range events {
		if _, again := known.LoadOrStore(event.ID+" "+request.Header.Get("bus-replay"), true); !again {
			fmt.Println(event.Type, event.URL) // fetch it, and act
		}
	}
	answer.WriteHeader(http.StatusNoContent)
}

func main() {
	http.HandleFunc("/events", receive)
	fmt.Fprintln(os.Stderr, http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
