using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Tests.Extract;

/// <summary>
/// Reads a file byte by byte, in the plainest way: what the reader has to agree with. It knows no malformed quoting.
/// </summary>
internal sealed class NaiveCsv(byte[] bytes, CsvDialect dialect, int columns)
{
    private int _at;

    /// <summary>Rows and rejects after the header as <see cref="ExtractHarness.Describe"/> has them, without the batches.</summary>
    public List<string> Read()
    {
        List<string> all = [];
        for (bool header = true; _at < bytes.Length;)
        {
            (int start, int line) = (_at, 1 + (dialect.RecordSeparator is byte separator ? bytes.AsSpan(0, _at).Count(separator) : LineBreaks.Count(bytes.AsSpan(0, _at))));
            List<byte[]> fields = Record(out int end);
            if (!Array.TrueForAll(bytes[start..end], value => dialect.RecordSeparator is not null && value is 10 or 13))
            {
                all.AddRange(header ? [] : [$"{line}@{start} {Judge(fields, bytes[start..end])}"]);
                header = false;
            }
        }

        return all;
    }

    private string Judge(List<byte[]> fields, byte[] raw)
    {
        if (raw.Contains((byte)0) || (dialect.Escape == FieldEscape.Backslash && HoldsEscapedNul(raw)))
        {
            return $"nul-character {Encoding.UTF8.GetString(raw)}";
        }

        string[] values = [.. fields.Select(field => Encoding.UTF8.GetString(Utf8WhiteSpace.Trim(field)))];
        return values.Length != columns ? $"field-count {Encoding.UTF8.GetString(raw)}"
            : values[0].Length == 0 ? $"id-missing {Encoding.UTF8.GetString(raw)}"
            : string.Join('|', values);
    }

    private static bool HoldsEscapedNul(byte[] raw)
    {
        for (int at = 0; at + 1 < raw.Length; at++)
        {
            if (raw[at] == '\\' && raw[++at] == '0')
            {
                return true;
            }
        }

        return false;
    }

    private List<byte[]> Record(out int end)
    {
        List<byte[]> fields = [];
        while (true)
        {
            fields.Add(Field());
            end = _at;
            if (_at == bytes.Length)
            {
                return fields;
            }

            byte stop = bytes[_at++];
            if (stop == dialect.Delimiter)
            {
                continue;
            }

            _at += stop == '\r' && _at < bytes.Length && bytes[_at] == '\n' ? 1 : 0;
            return fields;
        }
    }

    private byte[] Field()
    {
        List<byte> value = [];
        int start = _at;
        bool quoted = _at < bytes.Length && bytes[_at] == dialect.Quote;
        _at += quoted ? 1 : 0;
        while (_at < bytes.Length && (quoted || !IsEnd(_at)))
        {
            byte next = bytes[_at++];
            if (next == '\\' && dialect.Escape == FieldEscape.Backslash && _at < bytes.Length)
            {
                Unescape(value);
            }
            else if (!quoted || next != dialect.Quote)
            {
                value.Add(next);
            }
            else if (_at < bytes.Length && bytes[_at] == dialect.Quote)
            {
                value.Add(bytes[_at++]);
            }
            else
            {
                break;
            }
        }

        return dialect.Escape == FieldEscape.Backslash && bytes.AsSpan(start, _at - start).SequenceEqual("\\N"u8) ? [] : [.. value];
    }

    private bool IsEnd(int at) => bytes[at] == dialect.Delimiter
        || (dialect.RecordSeparator is byte separator ? bytes[at] == separator
            : bytes[at] == '\n' || (bytes[at] == '\r' && (dialect.Escape == FieldEscape.Doubled || (at + 1 < bytes.Length && bytes[at + 1] == '\n'))));

    private void Unescape(List<byte> value)
    {
        byte next = bytes[_at++];
        int known = "nrtbfvZ".IndexOf((char)next, StringComparison.Ordinal);
        value.Add(known < 0 ? next : "\n\r\t\b\f\v\u001A"u8[known]);
        if (next == '\r' && dialect.RecordSeparator is null && _at < bytes.Length && bytes[_at] == '\n')
        {
            value.Add(bytes[_at++]);
        }
    }
}
