"""Running a whole Procfile on one machine: settings, ports, processes, readiness."""
