"""What the end-to-end tests share: servers, clients, and the contract that holds every exchange."""
