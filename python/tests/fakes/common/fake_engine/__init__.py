"""The engine below the fakes. No name here holds `lab`: Kit takes such modules away while it starts."""
