"""Whatever stand-ins of small marketplaces have in common; a marketplace adds its own API.

Orders of one parcel, their life, quotas, faults, webhooks, seeded traffic, the ledger and the
operator's surface are here, in no marketplace's words. A marketplace's folder brings its API, its
words, its signature and its quotas (`market.Market`), and leaves this where it does otherwise.
"""
