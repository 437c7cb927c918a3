"""The sample company: outlets, people, customers and the catalogue of an appliance service that does not exist.

Every name is invented, and phone numbers start with 100, which nobody's phone does.
"""
