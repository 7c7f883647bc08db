"""The use cases.  Each public function owns its transaction; faces call nothing below them."""
