"""What looks after the project and is no part of the program."""
