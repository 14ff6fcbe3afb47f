using System.Buffers;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Extract;

/// <summary>
/// Turns a notation that CsvHelper does not know into one that it knows, in place and byte for byte, so that offsets stay
/// true: what a backslash escapes gets bytes that occur in no UTF-8, and a record separator changes places with the line end.
/// </summary>
/// <remarks>
/// One object follows one file from its start, or from the start of a record. Where a backslash escapes, a CR without LF is
/// text: MySQL escapes only the first character of what ends its lines.
/// </remarks>
internal sealed class DialectBytes
{
    private const byte Escape = 0xFF;
    private const byte Quote = 0xF8;
    private const byte Delimiter = 0xF9;
    private const byte LineFeed = 0xFA;
    private const byte CarriageReturn = 0xFB;
    private const byte SecondOfPair = 0xFC;
    private const byte Separator = 0xFD;

    private readonly CsvDialect _dialect;
    private readonly bool _escapes;
    private readonly bool _separates;
    private readonly SearchValues<byte> _toHide;
    private readonly SearchValues<byte> _hidden;
    private byte[] _decoded = new byte[1024];
    private State _state;

    private DialectBytes(CsvDialect dialect)
    {
        _dialect = dialect;
        _escapes = dialect.Escape == FieldEscape.Backslash;
        _separates = dialect.RecordSeparator is not null;
        byte[] escape = _escapes ? [(byte)'\\'] : [];
        byte[] ends = dialect.RecordSeparator is byte separator ? [separator, (byte)'\n'] : [];
        _toHide = SearchValues.Create([.. escape, .. ends, (byte)'\r']);
        _hidden = SearchValues.Create(
            [Escape, Quote, Delimiter, LineFeed, CarriageReturn, SecondOfPair, Separator, .. ends.Length == 0 ? ends : "\n"u8.ToArray()]);
    }

    private enum State
    {
        Text,
        Escaped,
        EscapedCarriageReturn,
        CarriageReturn,
    }

    /// <returns><see langword="null"/> for a dialect that CsvHelper reads as it is.</returns>
    public static DialectBytes? For(CsvDialect dialect)
        => dialect.Escape == FieldEscape.Doubled && dialect.RecordSeparator is null ? null : new DialectBytes(dialect);

    /// <summary>Whether the last byte is a CR that is half of a line break if a LF comes next, and text if not.</summary>
    public bool EndsInCarriageReturn => _state == State.CarriageReturn;

    /// <summary>The next bytes are the start of a record.</summary>
    public void Restart() => _state = State.Text;

    /// <summary>Hides what CsvHelper must not see, in the next bytes of the file.</summary>
    /// <param name="buffer">What was hidden before stands in front of them, unless it is a byte that nobody reads.</param>
    public void Hide(byte[] buffer, int start, int count)
    {
        for (int at = start; at < start + count; at++)
        {
            if (_state == State.Text)
            {
                int next = buffer.AsSpan(at, start + count - at).IndexOfAny(_toHide);
                if (next < 0)
                {
                    return;
                }

                at += next;
                _state = _escapes && buffer[at] == (byte)'\\' ? State.Escaped
                    : _separates || buffer[at] != (byte)'\r' ? State.Text : State.CarriageReturn;
                buffer[at] = _state == State.Escaped ? Escape : Swapped(buffer[at]);
            }
            else if (_state == State.Escaped)
            {
                _state = buffer[at] == (byte)'\r' ? State.EscapedCarriageReturn : State.Text;
                buffer[at] = Hidden(buffer[at]);
            }
            else if (buffer[at] == (byte)'\n' && !_separates)
            {
                if (_state == State.EscapedCarriageReturn)
                {
                    buffer[at] = SecondOfPair;
                }
                else if (buffer[at - 1] == CarriageReturn)
                {
                    buffer[at - 1] = (byte)'\r';
                }

                _state = State.Text;
            }
            else
            {
                _state = State.Text;
                at--;
            }
        }
    }

    /// <summary>Line ends that are hidden in a text; of a file with a record separator, hidden separators.</summary>
    public int HiddenLines(ReadOnlySpan<byte> text)
        => _separates ? text.Count(Separator) : text.Count(LineFeed) + text.Count(CarriageReturn);

    /// <summary>Whether a record is nothing but line ends that are text: those between the records of a file with separators.</summary>
    public bool IsBlank(ReadOnlySpan<byte> record) => _separates && !record.ContainsAnyExcept(LineFeed, CarriageReturn);

    /// <summary>Whether a record holds an escaped NUL, which is written <c>\0</c>.</summary>
    public bool HoldsNul(ReadOnlySpan<byte> record) => _escapes && record.IndexOf([Escape, (byte)'0']) >= 0;

    /// <summary>Whether a record ends in an escape.</summary>
    public static bool EndsInEscape(ReadOnlySpan<byte> record) => record is [.., Escape];

    /// <summary>A text as it stands in the file.</summary>
    public byte[] Shown(ReadOnlySpan<byte> text)
    {
        byte[] shown = text.ToArray();
        for (int at = 0; at < shown.Length; at++)
        {
            shown[at] = ShownByte(shown[at]);
        }

        return shown;
    }

    /// <summary>The value of a field. Ends with the next call.</summary>
    /// <param name="field">The field, unquoted.</param>
    /// <param name="raw">The same with its quotes.</param>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> field, ReadOnlySpan<byte> raw)
    {
        if (!field.ContainsAny(_hidden))
        {
            return field;
        }

        if (_escapes && raw is [Escape, (byte)'N'])
        {
            return [];
        }

        if (_decoded.Length < field.Length)
        {
            _decoded = new byte[Math.Max(field.Length, _decoded.Length * 2)];
        }

        int length = 0;
        for (int at = 0; at < field.Length; at++)
        {
            _decoded[length++] = field[at] == Escape && at + 1 < field.Length ? Unescaped(field[++at]) : ShownByte(field[at]);
        }

        return _decoded.AsSpan(0, length);
    }

    private static byte Swapped(byte value) => value switch
    {
        (byte)'\n' => LineFeed,
        (byte)'\r' => CarriageReturn,
        _ => (byte)'\n',
    };

    private byte Hidden(byte value)
        => value == _dialect.Quote ? Quote
        : value == _dialect.Delimiter ? Delimiter
        : value == _dialect.RecordSeparator ? Separator
        : value is (byte)'\n' or (byte)'\r' ? Swapped(value)
        : value;

    private byte ShownByte(byte value) => value switch
    {
        Escape => (byte)'\\',
        Quote => _dialect.Quote!.Value,
        Delimiter => _dialect.Delimiter,
        LineFeed or SecondOfPair => (byte)'\n',
        CarriageReturn => (byte)'\r',
        Separator => _dialect.RecordSeparator!.Value,
        (byte)'\n' => _dialect.RecordSeparator ?? value,
        _ => value,
    };

    private byte Unescaped(byte value) => value switch
    {
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'v' => (byte)'\v',
        (byte)'Z' => 0x1A,
        _ => ShownByte(value),
    };
}
