"""Tables, offsets, resources, files, seeds, fonts: what every other room stands on."""
