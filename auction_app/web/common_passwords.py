"""Passwords that are tried first: words that many take, runs on a keyboard, the same over again.

A list of our own, of what appears in every published one; each word stands for all that people make
of it: capitals, digits and signs around it, a 0 for an o, written twice.
"""

import re
import unicodedata

_WORDS = frozenset(
    """
    abcdef access adidas admin administrator adobe adrian agent airborne airplane alaska albert
    alex alexander alexandra alexis alfred allison alpha amanda america american anders andrea
    andreas andrew andy angel angela angelina animal anthony antonio apollo apple april arsenal
    arthur ashley auction auctions auktion austin australia autumn awesome baby babygirl badboy
    bailey banana barbara barcelona barney baseball basketball batman beach bear beautiful
    benjamin berlin bidder bidding bigdog birthday biteme blackjack blah blessed blink blonde
    blue bond bonnie booboo boomer boston bradley brandon brandy brazil brian brooklyn brother
    buddy business buster butterfly california camaro cameron canada captain carlos carolina
    caroline casper cassie catherine celtic challenge champion change changeme charles charlie
    charlotte cheese chelsea cherry chester chicago chicken chocolate chris christian christina
    christine christmas claudia cocacola coffee college compaq computer connect contrasena
    contraseña cookie cooper correcthorsebatterystaple corvette cowboy cowboys cristian cristina
    crystal dallas daniel danielle darkness darling david death default dennis destiny diamond
    digital dolphin dolphins domino donald dragon dragonball eagle eagles einstein elephant
    elizabeth eminem emma england enter eric evolution extreme facebook family fashion ferrari
    fireball firebird fish fisher fishing florida flower flowers football forever forward france
    francis frank frankfurt freddy freedom friend friends fuckyou gabriel galaxy gandalf
    garfield gateway gavel gebot geheim george gerald germany giants gibson ginger girl goat god
    golden golf golfer google gordon grandma green gregory guest guitar hallo hamburg hammer
    hannah happy hardcore harley harry haslo hasło hawaii heather hello helpme heslo hockey
    holiday home homer honda honey horse hotdog hummer hunter hunting iamgod icecream iceman
    ichliebedich iloveu iloveyou infinity inter internet isabella isabelle italia jackass
    jackson jaguar james january jasmine jason jeffrey jelszo jelszó jennifer jeremy jessica
    jessie jesus jesuschrist johannes john johnny johnson jonathan jordan joseph joshua julian
    juliana junior justice justin justine katherine kathleen kawasaki kennwort kevin killer king
    kitten kitty knight kristina lakers lasvegas laura lauren legend leonardo letmein letmeinnow
    liberty lightning linda lindsay little liverpool login logitech london lonely losen losenord
    love lovely loveme lover loveyou lucky lösenord madison madrid maggie magic manager
    manchester margaret maria marina marine mario marlboro marseille marshall martha martin
    master matrix matthew maverick maxwell megan melanie melissa mercedes merlin metallica
    mexico michael michelle mickey microsoft midnight mike miller million minecraft money monica
    monkey monster morgan mortgage motdepasse mother motorola mountain muffin music mustang
    mypassword naruto natalie natasha nathan naughty nemesis newpassword newyork nicholas nicole
    ninja nintendo nirvana nopassword nothing november october office oliver online open
    opensesame orange pacific packers panther paris parker parol parola passion passme passport
    passwd password passwort patricia patrick peaches peanut pepper personal phantom phoenix
    pickle picture pirate platinum playboy player playstation please pokemon police popcorn
    porsche power precious prince princess private professor promise pumpkin purple qazwsx
    raiders rainbow ranger rangers raymond rebecca redskins redsox remember reset richard robert
    rocket rockstar roger ronaldo rosebud rosemary runner russia salasana samantha samsung
    sandra saturn schatz scooter scorpion scott secret security senha september sergio server
    service sexy shadow shannon sharon sherlock shopping sierra sifre silver simone simpson
    single sister skywalker slayer slipknot smith smokey snickers snoopy snowball soccer
    software sommer sonne sophie spanky sparky spencer spider spiderman spring stalker stanley
    star startrek starwars steelers stella stephanie steven strawberry student stupid success
    summer sunflower sunshine super superman superstar support suzuki sweet sweetheart sweetie
    swordfish sydney system taylor teacher technology teresa test tester testing thanks theman
    therock thisismypassword thomas thunder thursday thx tiffany tiger tigers tigger tinkerbell
    titanic toyota travis trinity trouble trustno tucker turtle tweety twitter unicorn united
    universe university user valentina valentine vampire vanessa veronica victor victoria
    victory vincent viper virginia volleyball voyager wachtwoord walter warcraft warrior
    warriors washington watermelon webmaster welcome werder westside whatever whatsup wildcats
    william williams willkommen willow windows winner winston winter wizard wolf wolverine
    wonderful wordpass xavier yahoo yamaha yankees yellow yourpassword youtube zaq zeppelin
    borussia deutschland ficken fortnite fussball iphone linkedin lol passwörter roblox schalke
    schatzi sonnenschein şifre пароль
    """.split()
)
_LITTLE_WORDS = frozenset(
    """
    am and are baby be best big dad daddy day dear du forever good hate he her him hot ich is it
    like little man mama me mein meine miss mom mommy much mum mummy my need new no not of our papa
    she so the this to too true u very want we with you your
    """.split()
) | {"i"}
_SAID = _WORDS | _LITTLE_WORDS
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "йцукенгшщзхъ",
    "фывапролдж",
    "zxcvbnm",
    "yxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
    "zaq12wsxcde34rfv",
    "zaq1@wsx",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "a1b2c3d4e5f6g7h8",
    "qazwsxedcrfvtgb",
    "!@#$%^&*()",
    "147258369",
    "789456123",
)
_RUNS_BOTH_WAYS = tuple(run + "\n" + run[::-1] for run in _RUNS)
_LEET = str.maketrans("01345789@$!|", "oleastbgasil")
_LEET_I = str.maketrans("01345789@$!|", "oieastbgasii")
_SHORTEST_RUN = 3
# Two letters before a run, or words that make a sentence, are tried too as long as they are short.
_MOST_BESIDE_RUNS, _LONGEST_RUNS = 2, 12
_LONGEST_SENTENCE = 16
_FEWEST_DIFFERENT = 5
_LONGEST = 40


def is_common(password: str) -> bool:
    """Whether a password is one of those that guessing begins with.

    | password, P@ssw0rd!, 12Sunshine12 | qwerty123, aa123456 | aaaaaaaa, abcabcabc | ilovemymom  |
    |-----------------------------------|---------------------|---------------------|-------------|
    | a word                            | runs                | few characters      | a few words |
    """
    seen = (c for c in unicodedata.normalize("NFKC", password) if unicodedata.category(c) != "Cf")
    plain = "".join(seen).casefold().strip()
    if len(plain) > _LONGEST:
        return len(set(plain)) < _FEWEST_DIFFERENT
    once = re.sub(r"^(.+?)\1+$", r"\1", plain)
    few = len(set(plain)) < _FEWEST_DIFFERENT or len(once) < _FEWEST_DIFFERENT
    return few or _is_runs(plain) or any(_is_word(text) for text in _readings(once))


def bare(text: str) -> str:
    """The letters of a text, one after the other."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W\d_]+", "", folded) or folded


def _readings(text: str) -> set[str]:
    """The words that may be meant: without what stands around them, and as signs are read."""
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    return {reading for it in (bare, text) for reading in _read(it)}


def _read(text: str) -> set[str]:
    read = {text, text.translate(_LEET), text.translate(_LEET_I)}
    return {re.sub(r"[\W\d_]+", "", it) for it in read}


def _is_word(text: str) -> bool:
    halves = (text[:cut] in _WORDS and text[cut:] in _WORDS for cut in range(3, len(text) - 2))
    return text in _WORDS or any(halves) or _is_sentence(text)


def _is_sentence(text: str) -> bool:
    """Whether a short text is nothing but words, one after the other."""
    ends = {0}
    if not 0 < len(text) <= _LONGEST_SENTENCE:
        return False
    for end in range(1, len(text) + 1):
        if any(text[start:end] in _SAID for start in ends):
            ends.add(end)
    return len(text) in ends


def _is_runs(text: str) -> bool:
    """Whether it is made of runs along a keyboard, an alphabet or digits, forth or back; a short
    one also with a character or two beside them."""
    at = beside = 0
    while at < len(text):
        length = _run_at(text, at)
        beside += length if length < _SHORTEST_RUN else 0
        at += length
    return beside <= (_MOST_BESIDE_RUNS if len(text) <= _LONGEST_RUNS else 0)


def _run_at(text: str, at: int) -> int:
    length = 0
    while at + length < len(text) and any(
        text[at : at + length + 1] in run for run in _RUNS_BOTH_WAYS
    ):
        length += 1
    same = len(text[at:]) - len(text[at:].lstrip(text[at]))
    return max(length, same)
