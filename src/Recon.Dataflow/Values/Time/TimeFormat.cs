using System.Buffers.Text;
using Recon.Dataflow.Values.Number;

namespace Recon.Dataflow.Values.Time;

/// <summary>A date or time format of the definition, such as <c>dd/MM/yyyy[ HH:mm[:ss]]</c>, ready to be matched.</summary>
internal sealed class TimeFormat
{
    private const int MostVariants = 16;
    private readonly Part[] _parts;

    // Milliseconds that a number counts; 0 for parts.
    private readonly int _unit;

    private TimeFormat(Part[] parts, int unit)
    {
        _parts = parts;
        _unit = unit;
    }

    /// <summary>What is wrong with a format, for the person who wrote it; <see langword="null"/> when nothing is.</summary>
    internal static string? Problem(string format)
    {
        try
        {
            _ = Compile([format]);
            return null;
        }
        catch (FormatException wrong)
        {
            return wrong.Message;
        }
    }

    /// <summary>Compiles formats; one with optional parts becomes several, the longest first.</summary>
    /// <exception cref="FormatException">A format is wrong; the message says how.</exception>
    internal static TimeFormat[] Compile(IReadOnlyList<string> formats)
        => [.. formats.SelectMany(format => format switch
        {
            "epoch-milliseconds" => [new TimeFormat([], 1)],
            "epoch-seconds" => [new TimeFormat([], 1000)],
            _ => Expand(format).Select(variant => new TimeFormat(Parse(variant), 0)),
        })];

    /// <summary>Matches the whole of a value.</summary>
    internal bool TryMatch(ReadOnlySpan<byte> value, out WallTime time)
    {
        time = default;
        if (_unit > 0)
        {
            return DecimalText.TryParse(value, out DecimalText number) && number.TryGetWhole(out long units)
                && WallTime.TryCount(units, _unit, out time);
        }

        Span<int> found = stackalloc int[(int)Field.Literal];
        found.Clear();
        found[(int)Field.Half] = -1;
        int? offset = null;
        foreach (Part part in _parts)
        {
            bool fits = part.Field switch
            {
                Field.Literal => TakeLiteral(ref value, part.Literal),
                Field.Fraction => IsoTime.TakeFraction(ref value, out found[(int)Field.Fraction]),
                Field.Offset => IsoTime.TakeOffset(ref value, out offset),
                Field.Half => TakeHalf(ref value, out found[(int)Field.Half]),
                _ => TakeDigits(ref value, part, out found[(int)part.Field]),
            };
            if (!fits)
            {
                return false;
            }
        }

        int hour = found[(int)Field.Hour];
        if (found[(int)Field.Half] >= 0)
        {
            // The hour is on a 12-hour clock, where 12 comes before 1.
            if (hour is < 1 or > 12)
            {
                return false;
            }

            hour = (hour % 12) + (12 * found[(int)Field.Half]);
        }

        return value.IsEmpty && WallTime.TryMake(
            found[(int)Field.Year], found[(int)Field.Month], found[(int)Field.Day], hour, found[(int)Field.Minute],
            found[(int)Field.Second], found[(int)Field.Fraction], offset, out time);
    }

    private static bool TakeLiteral(ref ReadOnlySpan<byte> value, byte[] literal)
    {
        bool fits = value.StartsWith(literal);
        value = fits ? value[literal.Length..] : value;
        return fits;
    }

    private static bool TakeDigits(ref ReadOnlySpan<byte> value, Part part, out int number)
    {
        int length = Math.Min(value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is int end && end >= 0 ? end : value.Length, part.Most);
        if (length < part.Least || !Utf8Parser.TryParse(value[..length], out number, out _))
        {
            number = 0;
            return false;
        }

        value = value[length..];
        return true;
    }

    private static bool TakeHalf(ref ReadOnlySpan<byte> value, out int half)
    {
        half = value.Length < 2 || (value[1] | 0x20) != 'm' ? -1 : (value[0] | 0x20) switch { 'a' => 0, 'p' => 1, _ => -1 };
        value = half < 0 ? value : value[2..];
        return half >= 0;
    }

    private static IEnumerable<string> Expand(string format)
    {
        List<string> done = [];
        Queue<string> open = new([format]);
        while (open.TryDequeue(out string? next))
        {
            int start = next.IndexOf('[', StringComparison.Ordinal);
            int end = start < 0 ? next.IndexOf(']', StringComparison.Ordinal) : End(next, start);
            if (start < 0 && end < 0)
            {
                done.Add(next);
            }
            else if (start < 0 || end < 0)
            {
                throw new FormatException($"'{format}' has a bracket without its partner.");
            }
            else
            {
                open.Enqueue(next[..start] + next[(start + 1)..end] + next[(end + 1)..]);
                open.Enqueue(next[..start] + next[(end + 1)..]);
            }

            if (done.Count + open.Count > MostVariants)
            {
                throw new FormatException($"'{format}' has too many optional parts: at most {MostVariants} spellings.");
            }
        }

        return done.OrderByDescending(variant => variant.Length);
    }

    private static int End(string format, int start)
    {
        int depth = 0;
        for (int at = start; at < format.Length; at++)
        {
            depth += format[at] switch { '[' => 1, ']' => -1, _ => 0 };
            if (depth == 0)
            {
                return at;
            }
        }

        return -1;
    }

    private static Part[] Parse(string format)
    {
        List<Part> parts = [];
        for (int at = 0; at < format.Length;)
        {
            int length = 1;
            while (char.IsAsciiLetter(format[at]) && at + length < format.Length && format[at + length] == format[at])
            {
                length++;
            }

            string token = format.Substring(at, length);
            Part part = token switch
            {
                "yyyy" => new(Field.Year, 4, 4),
                "MM" => new(Field.Month, 2, 2),
                "M" => new(Field.Month, 1, 2),
                "dd" => new(Field.Day, 2, 2),
                "d" => new(Field.Day, 1, 2),
                "HH" or "hh" => new(Field.Hour, 2, 2),
                "H" or "h" => new(Field.Hour, 1, 2),
                "mm" => new(Field.Minute, 2, 2),
                "ss" => new(Field.Second, 2, 2),
                "fff" => new(Field.Fraction, 0, 0),
                "tt" => new(Field.Half, 0, 0),
                "K" => new(Field.Offset, 0, 0),
                _ when !char.IsAsciiLetterOrDigit(token[0]) || token == "T" => new(Field.Literal, 0, 0) { Literal = System.Text.Encoding.UTF8.GetBytes(token) },
                _ => throw new FormatException($"'{token}' in '{format}' is not known. Use yyyy, M, MM, d, dd, H, HH, h, hh, mm, ss, fff, tt, K (Z or offset) and literals, or epoch-seconds or epoch-milliseconds alone."),
            };
            if (part.Field != Field.Literal && parts.Exists(other => other.Field == part.Field))
            {
                throw new FormatException($"'{token}' in '{format}' says again what another part says.");
            }

            parts.Add(part);
            at += length;
        }

        foreach (Field needed in (Field[])[Field.Year, Field.Month, Field.Day])
        {
            if (!parts.Exists(part => part.Field == needed))
            {
                throw new FormatException($"'{format}' has no {needed.ToString().ToLowerInvariant()}. A date needs year, month and day.");
            }
        }

        return format.Contains('h', StringComparison.Ordinal) == format.Contains("tt", StringComparison.Ordinal)
            ? [.. parts]
            : throw new FormatException($"'{format}': h and tt (a 12-hour clock) go together. Use H for 24 hours.");
    }

    private enum Field
    {
        Year, Month, Day, Hour, Minute, Second, Fraction, Half, Offset, Literal,
    }

    private readonly record struct Part(Field Field, int Least, int Most)
    {
        internal byte[] Literal { get; init; } = [];
    }
}
