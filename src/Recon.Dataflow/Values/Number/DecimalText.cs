using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Number;

/// <summary>A number as a slice of its text: <c>±digits × 10^exponent</c>, where the digits may have a point among them.</summary>
internal readonly ref struct DecimalText
{
    private const int LongestExponent = 9;
    private const int MostZeros = 256;
    private const int MostWholeDigits = 15;
    private readonly bool _negative;
    private readonly ReadOnlySpan<byte> _digits;
    private readonly byte _point;
    private readonly long _exponent;

    private DecimalText(bool negative, ReadOnlySpan<byte> digits, byte point, long exponent)
    {
        _negative = negative;
        _digits = digits;
        _point = point;
        _exponent = exponent;
    }

    /// <summary>
    /// Reads a number: sign, digits with at most one point, exponent. A comma is the point where it cannot be anything
    /// else: alone, with one or two digits after it.
    /// </summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, out DecimalText number)
    {
        number = default;
        text = Utf8WhiteSpace.Trim(text);
        bool negative = text.Length > 0 && text[0] == '-';
        text = negative || (text.Length > 0 && text[0] == '+') ? text[1..] : text;
        long exponent = 0;
        int exponentStart = text.IndexOfAny((byte)'e', (byte)'E');
        if (exponentStart >= 0)
        {
            if (!TryReadExponent(text[(exponentStart + 1)..], out exponent))
            {
                return false;
            }

            text = text[..exponentStart];
        }

        int pointAt = text.IndexOfAny((byte)'.', (byte)',');
        byte point = pointAt < 0 ? (byte)'.' : text[pointAt];
        int after = pointAt < 0 ? 0 : text.Length - pointAt - 1;
        int digits = text.Length - (pointAt < 0 ? 0 : 1);
        if (digits == 0 || (point == ',' && (pointAt == 0 || after is not (1 or 2) || exponentStart >= 0))
            || !AreDigits(pointAt < 0 ? text : text[..pointAt]) || (pointAt >= 0 && !AreDigits(text[(pointAt + 1)..])))
        {
            return false;
        }

        int first = text.IndexOfAnyExcept((byte)'0', point);
        text = first < 0 ? default : text[first..];
        int kept = text.LastIndexOfAnyExcept((byte)'0', point) + 1;
        for (int at = text.Length - 1; at >= kept; at--)
        {
            exponent += text[at] == point ? 0 : 1;
        }

        // The exponent belongs to the last digit that is kept, as if there were no point.
        number = kept == 0 ? new DecimalText(false, default, point, 0)
            : new DecimalText(negative, text[..kept], point, exponent - after);
        return true;
    }

    /// <summary>Whether two numbers are the same.</summary>
    internal bool Equals(DecimalText other) => _exponent == other._exponent && HasDigitsOf(other);

    /// <summary>Whether one of two numbers is the other a thousand times.</summary>
    internal bool IsThousandfold(DecimalText other) => Math.Abs(_exponent - other._exponent) == 3 && !_digits.IsEmpty && HasDigitsOf(other);

    private bool HasDigitsOf(DecimalText other)
    {
        if (_negative != other._negative)
        {
            return false;
        }

        ReadOnlySpan<byte> left = _digits;
        ReadOnlySpan<byte> right = other._digits;
        while (true)
        {
            left = left.Length > 0 && left[0] == _point ? left[1..] : left;
            right = right.Length > 0 && right[0] == other._point ? right[1..] : right;
            if (left.IsEmpty || right.IsEmpty)
            {
                return left.IsEmpty && right.IsEmpty;
            }

            if (left[0] != right[0])
            {
                return false;
            }

            left = left[1..];
            right = right[1..];
        }
    }

    /// <summary>The number's canonical text; empty when its exponent would make it longer than any real number.</summary>
    internal ReadOnlySpan<byte> Plain(Utf8Scratch scratch)
    {
        if (_exponent is < -MostZeros or > MostZeros)
        {
            return default;
        }

        Span<byte> digits = scratch.Take(_digits.Length);
        int used = 0;
        foreach (byte digit in _digits)
        {
            if (digit != _point)
            {
                digits[used++] = digit;
            }
        }

        return PlainNumber.Write(_negative, digits[..used], (int)-_exponent, scratch);
    }

    /// <summary>The number as a whole one of at most 15 digits.</summary>
    internal bool TryGetWhole(out long number)
    {
        number = 0;
        if (_exponent < 0 || _digits.Length + _exponent > MostWholeDigits)
        {
            return false;
        }

        foreach (byte digit in _digits)
        {
            number = digit == _point ? number : (number * 10) + digit - '0';
        }

        for (long zero = 0; zero < _exponent; zero++)
        {
            number *= 10;
        }

        number = _negative ? -number : number;
        return true;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        text = negative || (text.Length > 0 && text[0] == '+') ? text[1..] : text;
        if (text.Length is 0 or > LongestExponent || !AreDigits(text))
        {
            return false;
        }

        foreach (byte digit in text)
        {
            exponent = (exponent * 10) + digit - '0';
        }

        exponent = negative ? -exponent : exponent;
        return true;
    }

    private static bool AreDigits(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
}
