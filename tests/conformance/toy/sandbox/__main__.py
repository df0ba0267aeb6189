"""`python -m tests.conformance.toy.sandbox`: runs the stand-in until it is told to stop."""

from sandbox.stall.market import Market
from sandbox.stall.program import main
from tests.conformance.toy.sandbox.api import ROUTES
from tests.conformance.toy.sandbox.bench import ToyBench
from tests.conformance.toy.sandbox.quotas import QUOTAS
from tests.conformance.toy.sandbox.tokens import authenticate
from tests.conformance.toy.sandbox.wire import refuse, render, sign

MARKET = Market(
    name="toy",
    routes=ROUTES,
    authenticate=authenticate,
    refuse=refuse,
    render=render,
    sign=sign,
    quotas=QUOTAS,
)

if __name__ == "__main__":
    main(MARKET, ToyBench)
