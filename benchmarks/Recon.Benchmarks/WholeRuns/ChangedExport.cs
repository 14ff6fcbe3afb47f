namespace Recon.Benchmarks.WholeRuns;

/// <summary>An export of which one record in two hundred is different: nine of ten have another subject, one is gone.</summary>
internal static class ChangedExport
{
    private const int SubjectColumn = 10;
    private const int Every = 200;
    private const int GoneOfChanged = 10;

    /// <summary>Writes it.</summary>
    /// <param name="from">The export.</param>
    /// <param name="to">The changed one.</param>
    /// <param name="round">Decides which records: with two hundred rounds, each record once.</param>
    /// <param name="token">Cancels it.</param>
    /// <returns>The number of records that differ or are gone.</returns>
    public static async Task<long> WriteAsync(string from, string to, int round, CancellationToken token)
    {
        await using FileStream source = File.OpenRead(from);
        await using FileStream target = File.Create(to);
        return await WriteAsync(source, target, round, token);
    }

    /// <inheritdoc cref="WriteAsync(string, string, int, CancellationToken)"/>
    public static async Task<long> WriteAsync(Stream source, Stream target, int round, CancellationToken token)
    {
        byte[] read = new byte[1 << 16];
        var writer = new Writer(round);
        while (await source.ReadAsync(read, token) is > 0 and int count)
        {
            writer.Take(read.AsSpan(0, count));
            await target.WriteAsync(writer.Written, token);
        }

        return writer.Changed;
    }

    // RFC 4180: a comma or a line feed between quotes is part of a value.
    private sealed class Writer(int round)
    {
        private readonly byte[] _mark = System.Text.Encoding.ASCII.GetBytes(FormattableString.Invariant($"{round}. "));
        private readonly List<byte> _written = [];
        private bool _quoted;
        private bool _fieldBegins = true;
        private bool _marked;
        private int _column;
        private long _record;

        public long Changed { get; private set; }

        public ReadOnlyMemory<byte> Written => _written.ToArray();

        private bool IsChanged => _record > 0 && _record % Every == round % Every;

        private bool IsGone => IsChanged && _record / Every % GoneOfChanged == 0;

        public void Take(ReadOnlySpan<byte> bytes)
        {
            _written.Clear();
            foreach (byte value in bytes)
            {
                Take(value);
            }
        }

        private void Take(byte value)
        {
            bool opens = _fieldBegins && value == (byte)'"';
            _fieldBegins = false;
            _quoted ^= value == (byte)'"';
            if (!_marked && !opens && _column == SubjectColumn && IsChanged)
            {
                _marked = true;
                Changed++;
                Write(_mark);
            }

            Write([value]);
            if (!_quoted && value == (byte)',')
            {
                (_column, _fieldBegins) = (_column + 1, true);
            }
            else if (!_quoted && value == (byte)'\n')
            {
                (_record, _column, _fieldBegins, _marked) = (_record + 1, 0, true, false);
            }
        }

        private void Write(ReadOnlySpan<byte> bytes)
        {
            if (!IsGone)
            {
                _written.AddRange(bytes);
            }
        }
    }
}
