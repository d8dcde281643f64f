"""What an effect is worth: cash-flow cases and break-even.

The room reads estimates as exported documents (``evidens export``) and imports nothing but `meta`.
Cases arrive with their own release; until then the room holds this contract alone.
"""
