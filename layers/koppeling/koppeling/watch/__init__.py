"""What happens once a day or once an hour: logins looked after, mails sent."""
