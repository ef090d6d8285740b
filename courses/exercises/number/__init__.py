"""Write one number or several, with tolerance and units."""
