"""From the files that authors write to the plain types of the procedure, or everything that is wrong with them."""
