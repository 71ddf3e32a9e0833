"""Help, contact, terms, privacy, imprint: what moderators wrote, and what was before."""
