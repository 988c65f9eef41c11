"""A QR code as SVG, drawn here so that a second factor's secret leaves the office for nobody.

One size only: version 10, level M (ISO/IEC 18004), bytes; up to 213 of them, which is enough for
an `otpauth://` address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

SIZE = 57
LONGEST = 213  # bytes
_BLOCKS = (43, 43, 43, 43, 44)  # data codewords
_EC = 26  # error correction codewords of each block
_ALIGNMENT = (6, 28, 50)
_VERSION_BITS = 0x0A4D3
_QUIET = 4

_MASKS: tuple[Callable[[int, int], int], ...] = (
    lambda r, c: (r + c) % 2,
    lambda r, c: r % 2,
    lambda r, c: c % 3,
    lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2,
    lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)

Grid = list[list[int | None]]  # None: not drawn yet


def svg(text: str) -> str:
    """An `<svg>` element without a size of its own. Raises ValueError for a text too long."""
    dark = [
        f"M{c + _QUIET} {r + _QUIET}h1v1h-1z"
        for r, row in enumerate(matrix(text))
        for c, on in enumerate(row)
        if on
    ]
    whole = SIZE + 2 * _QUIET
    return (
        f'<svg viewBox="0 0 {whole} {whole}" role="img" aria-label="Kode QR" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{whole}v{whole}H0z"/>'
        f'<path fill="#000" d="{"".join(dark)}"/></svg>'
    )


def matrix(text: str) -> list[list[int]]:
    """Rows of 0 (light) and 1 (dark)."""
    codewords = _interleaved(_data(text.encode()))
    function = _function_patterns()
    drawn = [_masked(function, codewords, number) for number in range(len(_MASKS))]
    return min(drawn, key=_unevenness)


def _data(content: bytes) -> list[int]:
    if len(content) > LONGEST:
        raise ValueError("too long for this QR code")
    bits = f"{0b0100:04b}{len(content):016b}" + "".join(f"{byte:08b}" for byte in content)
    bits += "0" * min(4, sum(_BLOCKS) * 8 - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)]
    padding = (0xEC, 0x11)
    return words + [padding[i % 2] for i in range(sum(_BLOCKS) - len(words))]


def _interleaved(data: list[int]) -> list[int]:
    blocks, at = [], 0
    for length in _BLOCKS:
        blocks.append(data[at : at + length])
        at += length
    corrections = [_remainder(block) for block in blocks]
    words = [b[i] for i in range(max(_BLOCKS)) for b in blocks if i < len(b)]
    return words + [c[i] for i in range(_EC) for c in corrections]


def _times(x: int, y: int) -> int:
    """In GF(256) modulo 0x11D."""
    product = 0
    for bit in range(7, -1, -1):
        product = (product << 1) ^ (product >> 7) * 0x11D
        product ^= (y >> bit & 1) * x
    return product


def _generator() -> list[int]:
    """Reed and Solomon's polynomial of degree `_EC`, without its leading 1."""
    polynomial, root = [0] * (_EC - 1) + [1], 1
    for _ in range(_EC):
        for i in range(_EC):
            polynomial[i] = _times(polynomial[i], root)
            if i + 1 < _EC:
                polynomial[i] ^= polynomial[i + 1]
        root = _times(root, 2)
    return polynomial


_GENERATOR = _generator()


def _remainder(block: list[int]) -> list[int]:
    rest = [0] * _EC
    for word in block:
        factor = word ^ rest.pop(0)
        rest.append(0)
        rest = [r ^ _times(g, factor) for r, g in zip(rest, _GENERATOR, strict=True)]
    return rest


def _function_patterns() -> Grid:
    grid: Grid = [[None] * SIZE for _ in range(SIZE)]
    for i in range(SIZE):
        grid[6][i] = grid[i][6] = 1 - i % 2
    for r, c in ((3, 3), (3, SIZE - 4), (SIZE - 4, 3)):
        _square(grid, r, c, 4, (1, 1, 0, 1, 0))
    for r in _ALIGNMENT:
        for c in _ALIGNMENT:
            if (r, c) not in ((6, 6), (6, 50), (50, 6)):
                _square(grid, r, c, 2, (1, 0, 1))
    for i in range(18):
        bit = _VERSION_BITS >> i & 1
        far, near = SIZE - 11 + i % 3, i // 3
        grid[near][far] = grid[far][near] = bit
    for r, c in _format_places():
        grid[r][c] = 0
    grid[SIZE - 8][8] = 1
    return grid


def _square(grid: Grid, row: int, column: int, reach: int, rings: tuple[int, ...]) -> None:
    """Rings around a centre; `rings` from the centre outwards."""
    for r in range(row - reach, row + reach + 1):
        for c in range(column - reach, column + reach + 1):
            if 0 <= r < SIZE and 0 <= c < SIZE:
                grid[r][c] = rings[max(abs(r - row), abs(c - column))]


def _format_places() -> list[tuple[int, int]]:
    """Thirty places: bit 0 to 14 twice."""
    first = [(i, 8) for i in range(6)] + [(7, 8), (8, 8), (8, 7)]
    first += [(8, 14 - i) for i in range(9, 15)]
    second = [(8, SIZE - 1 - i) for i in range(8)] + [(SIZE - 15 + i, 8) for i in range(8, 15)]
    return first + second


def _format_bits(mask: int) -> int:
    """Level M is 0b00; BCH(15, 5), then the standard's own mask."""
    rest = mask
    for _ in range(10):
        rest = (rest << 1) ^ (rest >> 9) * 0x537
    return (mask << 10 | rest) ^ 0x5412


def _masked(function: Grid, codewords: list[int], number: int) -> list[list[int]]:
    grid = [row[:] for row in function]
    bits = (word >> shift & 1 for word in codewords for shift in range(7, -1, -1))
    for r, c in _zigzag():
        if grid[r][c] is None:
            grid[r][c] = next(bits, 0) ^ (_MASKS[number](r, c) == 0)
    format_bits = _format_bits(number)
    for i, (r, c) in enumerate(_format_places()):
        grid[r][c] = format_bits >> i % 15 & 1
    grid[SIZE - 8][8] = 1
    return [[int(bool(cell)) for cell in row] for row in grid]


def _zigzag() -> Iterator[tuple[int, int]]:
    upwards = True
    for right in range(SIZE - 1, 0, -2):
        column = right if right > 6 else right - 1
        for step in range(SIZE):
            row = SIZE - 1 - step if upwards else step
            yield row, column
            yield row, column - 1
        upwards = not upwards


def _unevenness(grid: list[list[int]]) -> int:
    """The standard's first, second and fourth penalty: long runs, blocks, too much of one."""
    lines = [*grid, *map(list, zip(*grid, strict=True))]
    penalty = 0
    for line in lines:
        for run in "".join(map(str, line)).replace("01", "0 1").replace("10", "1 0").split():
            penalty += len(run) - 2 if len(run) >= 5 else 0
    for r in range(SIZE - 1):
        for c in range(SIZE - 1):
            total = grid[r][c] + grid[r][c + 1] + grid[r + 1][c] + grid[r + 1][c + 1]
            penalty += 3 if total in (0, 4) else 0
    dark = sum(map(sum, grid)) * 100 / SIZE**2
    return penalty + int(abs(dark - 50) / 5) * 10
