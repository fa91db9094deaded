"""From an emotional state to a picture, and from the patient's answer to the next one."""
