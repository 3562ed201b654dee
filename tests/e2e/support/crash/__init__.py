"""Parts of the crash test: what ends the server (kills), who talks to it (clients, wire), what they
wrote down and what must follow from it (ledger, lease), and the look after each restart
(recheck)."""
