"""What libraries keep to themselves and we need all the same: one file a library, and nowhere else.

An upgrade may break any of it without a word in a change log. So each file has a test in
`tests/clients/service_kit/compat/` that fails first, and says what broke and who needs it.
"""
