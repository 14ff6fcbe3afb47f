using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Number;

/// <summary>
/// Reads a number in a declared notation into plain digits. It works on digits, so that any number of them is kept.
/// </summary>
internal sealed class NumberConversion : IConversion
{
    private readonly byte[] _point;
    private readonly byte[][] _groups;
    private readonly byte[][] _currency;
    private readonly long _factor;
    private readonly int _shift;
    private readonly bool _whole;

    internal NumberConversion(NumericDefinition definition, bool whole)
    {
        _whole = whole;
        _point = Encoding.UTF8.GetBytes(definition.Point);
        string[] groups = definition.Group switch
        {
            "" => [],
            " " => [" ", "\u00A0", "\u202F", "\u2009"],
            "'" => ["'", "\u2019"],
            string other => [other],
        };
        _groups = [.. groups.Select(Encoding.UTF8.GetBytes)];
        _currency = [.. definition.Currency.OrderByDescending(sign => sign.Length).Select(Encoding.UTF8.GetBytes)];

        // The scale is factor × 10^shift, exactly as it was written: a decimal made from a double keeps 15 digits.
        ArgumentOutOfRangeException.ThrowIfLessThan(definition.Scale, NumericDefinition.SmallestScale);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(definition.Scale, NumericDefinition.LargestScale);
        decimal scale = (decimal)definition.Scale;
        while (scale != decimal.Truncate(scale))
        {
            scale *= 10;
            _shift--;
        }

        while (scale % 10 == 0)
        {
            scale /= 10;
            _shift++;
        }

        _factor = (long)scale;
    }

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = Utf8WhiteSpace.Trim(value);
        if (value.IsEmpty)
        {
            return ConvertedValue.Of(default);
        }

        bool negative = TakeSign(ref value, out bool signed);
        bool currency = TakeCurrency(ref value);
        if (currency && !signed)
        {
            negative = TakeSign(ref value, out _);
        }

        if (!currency)
        {
            TakeCurrencyAtEnd(ref value);
        }

        Span<byte> digits = scratch.Take(value.Length + 20);
        if (!TryReadDigits(value, digits[20..], out int count, out int fraction))
        {
            return ConvertedValue.Fail(ValueRejectReasons.NotANumber);
        }

        Span<byte> all = digits[20..][..count];
        if (_factor != 1)
        {
            all = digits[Multiply(digits, 20, count)..(20 + count)];
        }

        ReadOnlySpan<byte> text = PlainNumber.Write(negative, all, fraction - _shift, scratch);
        return _whole && text.Contains((byte)'.')
            ? ConvertedValue.Fail(ValueRejectReasons.NotAnInteger)
            : ConvertedValue.Of(text);
    }

    /// <summary>Copies the digits, checks the groups, and says how many digits follow the point.</summary>
    private bool TryReadDigits(ReadOnlySpan<byte> value, Span<byte> digits, out int count, out int fraction)
    {
        count = 0;
        fraction = 0;
        bool inFraction = false;
        int group = -1; // Digits since the last separator; -1 before the first.
        while (!value.IsEmpty)
        {
            if (value[0] is >= (byte)'0' and <= (byte)'9')
            {
                digits[count++] = value[0];
                fraction += inFraction ? 1 : 0;
                group += group >= 0 && !inFraction ? 1 : 0;
                value = value[1..];
            }
            else if (!inFraction && value.StartsWith(_point))
            {
                inFraction = true;
                value = value[_point.Length..];
            }
            else if (!inFraction && TakeAny(ref value, _groups) && count > 0 && (group == 3 || (group < 0 && count <= 3)))
            {
                group = 0;
            }
            else
            {
                return false;
            }
        }

        return count > 0 && (group is -1 or 3);
    }

    /// <summary>Multiplies digits in place; they grow to the left.</summary>
    private int Multiply(Span<byte> digits, int start, int count)
    {
        long carry = 0;
        for (int at = start + count - 1; at >= start || carry > 0; at--)
        {
            carry += at >= start ? (digits[at] - '0') * _factor : 0;
            digits[at] = (byte)('0' + (carry % 10));
            carry /= 10;
            start = Math.Min(start, at);
        }

        return start;
    }

    private bool TakeCurrency(ref ReadOnlySpan<byte> value)
    {
        if (!TakeAny(ref value, _currency))
        {
            return false;
        }

        value = Utf8WhiteSpace.Trim(value);
        return true;
    }

    private void TakeCurrencyAtEnd(ref ReadOnlySpan<byte> value)
    {
        foreach (byte[] sign in _currency)
        {
            if (value.EndsWith(sign))
            {
                value = Utf8WhiteSpace.Trim(value[..^sign.Length]);
                return;
            }
        }
    }

    private static bool TakeSign(ref ReadOnlySpan<byte> value, out bool signed)
    {
        int length = value.IsEmpty ? 0 : value[0] switch
        {
            (byte)'-' => 1,
            (byte)'+' => 1,
            _ => value.StartsWith("\u2212"u8) ? 3 : 0,
        };
        signed = length > 0;
        bool negative = signed && value[0] != '+';
        value = value[length..];
        return negative;
    }

    private static bool TakeAny(ref ReadOnlySpan<byte> value, byte[][] texts)
    {
        foreach (byte[] text in texts)
        {
            if (value.StartsWith(text))
            {
                value = value[text.Length..];
                return true;
            }
        }

        return false;
    }
}
