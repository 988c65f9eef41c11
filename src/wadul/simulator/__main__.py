"""`python -m wadul.simulator`."""

from wadul.settings import Settings
from wadul.simulator.app import main

if __name__ == "__main__":
    main(Settings())
