using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Web;
using Recon.Discovery.Proposing.Names;
using Recon.Discovery.Proposing.Reading;

namespace Recon.Discovery.Proposing.Matching;

/// <summary>Compares every column of the file with every column of the mirror, under every reading that fits.</summary>
internal sealed class ColumnComparer
{
    private const int MostRegions = 3;
    private const double ShareReadable = 0.5;

    private readonly PairedRows _rows;
    private readonly ConversionContext _context;
    private readonly IReadOnlyList<ColumnName> _fileNames;
    private readonly IReadOnlyList<ColumnName> _mirrorNames;
    private readonly Dictionary<ComparisonDefinition, CodeBook> _books = [];
    private readonly Dictionary<(int, ComparisonDefinition), int[]?> _mirrorCodes = [];
    private readonly CodeBook _texts = new();
    private readonly CodeTally _tally = new();
    private readonly int[]?[] _mirrorTexts;

    public ColumnComparer(PairedRows rows, ConversionContext context, IReadOnlyList<ColumnName> fileNames, IReadOnlyList<ColumnName> mirrorNames)
    {
        (_rows, _context, _fileNames, _mirrorNames) = (rows, context, fileNames, mirrorNames);
        _mirrorTexts = new int[]?[rows.Mirror.Count];
        Readings = new IReadOnlyList<ColumnReading>[rows.File.Count];
    }

    /// <summary>The readings of each column that was compared.</summary>
    public IReadOnlyList<ColumnReading>[] Readings { get; }

    /// <summary>Compares.</summary>
    /// <param name="files">The columns of the file.</param>
    /// <param name="mirrors">The columns of the mirror.</param>
    /// <returns>For each two columns that agree beyond chance the best reading.</returns>
    public IReadOnlyList<Candidate> Compare(IReadOnlyList<int> files, IReadOnlyList<int> mirrors)
    {
        var readings = new ColumnReadings(_context, Regions(mirrors));
        EnumerationValues?[] enumerations = new EnumerationValues?[_rows.Mirror.Count];
        foreach (int mirror in mirrors)
        {
            enumerations[mirror] = EnumerationMap.ValuesOf(_rows.MirrorValues(mirror));
        }

        List<Candidate> candidates = [];
        foreach (int file in files)
        {
            byte[]?[] values = _rows.FileValues(file);
            Readings[file] = readings.Of(_rows.File[file], _fileNames[file], [.. values.OfType<byte[]>()]);
            if (Readings[file].Count == 0)
            {
                continue;
            }

            ReadColumn[] read = [.. Readings[file].Select(reading => Read(values, reading))];
            EnumerationValues? enumeration = EnumerationMap.ValuesOf(values);
            foreach (int mirror in mirrors)
            {
                if (Best(file, mirror, read, enumeration, enumerations[mirror]) is { } best)
                {
                    candidates.Add(best);
                }
            }
        }

        return candidates;
    }

    /// <summary>The reading under which two columns agree best, or that goes with the mirror's type, however little they agree.</summary>
    public (ColumnReading? Reading, Agreement Agreement, bool[] Agrees) Read(int file, int mirror)
    {
        IReadOnlyList<ColumnReading> readings = Readings[file] is { Count: > 0 } known ? known : ColumnReadings.ByType(_rows.Mirror[mirror].Type);
        (ColumnReading? Reading, Agreement Agreement, bool[] Agrees) best = (null, default, new bool[_rows.Count]);
        foreach (ColumnReading reading in readings)
        {
            if (MirrorCodes(mirror, reading.Compare) is not { } codes)
            {
                continue;
            }

            int[] values = Read(_rows.FileValues(file), reading).Codes;
            Agreement agreement = Agreement.Of(values, codes, _tally);
            double gain = agreement.Agree - agreement.Expected;
            if (best.Reading is null || gain > best.Agreement.Agree - best.Agreement.Expected + 0.5)
            {
                best = (reading, agreement, Agrees(values, codes));
            }
        }

        return best;
    }

    /// <summary>How two columns agree under one reading.</summary>
    /// <returns><see langword="null"/> where the mirror's column cannot be compared so.</returns>
    public (Agreement Agreement, bool[] Agrees)? Under(ColumnReading reading, int file, int mirror)
    {
        if (MirrorCodes(mirror, reading.Compare) is not { } codes)
        {
            return null;
        }

        int[] values = Read(_rows.FileValues(file), reading).Codes;
        return (Agreement.Of(values, codes, _tally), Agrees(values, codes));
    }

    /// <summary>What a reading makes of a column: a code per pair, the same for the same meaning; 0 for no value, <see cref="CodeBook.Unread"/> for one that it does not read.</summary>
    public IReadOnlyList<int> Codes(ColumnReading reading, int file) => Read(_rows.FileValues(file), reading).Codes;

    private Candidate? Best(int file, int mirror, ReadColumn[] read, EnumerationValues? enumeration, EnumerationValues? mirrorEnumeration)
    {
        List<(ReadColumn Column, int[] Mirror, Agreement Agreement)> fitting = [];
        foreach (ReadColumn column in read)
        {
            if (MirrorCodes(mirror, column.Reading.Compare) is { } codes)
            {
                Agreement agreement = Agreement.Of(column.Codes, codes, _tally);
                if (agreement.Agree > 0)
                {
                    fitting.Add((column, codes, agreement));
                }
            }
        }

        KeepWebForm(fitting, mirror);
        double name = _fileNames[file].Likeness(_mirrorNames[mirror]);
        bool conflicts = _fileNames[file].Conflicts(_mirrorNames[mirror]);
        Candidate? chosen = null;
        if (fitting.Count > 0)
        {
            double most = fitting.Max(fit => Gain(fit.Agreement, fit.Column.Reading));
            double enough = most - Math.Max(1.5, most * 0.005);
            int[] texts = MirrorTexts(mirror);
            (ReadColumn column, int[] codes, Agreement agreement) = fitting.Where(fit => Gain(fit.Agreement, fit.Column.Reading) >= enough)
                .OrderByDescending(fit => fit.Column.Reading.IsUsual ? 20 : Math.Round(Same(fit.Column.Texts, texts) / Math.Max(fit.Agreement.Pairs, 1.0) * 20))
                .ThenBy(fit => fit.Column.Reading.Cost)
                .First();
            if (agreement.IsSignificant)
            {
                chosen = new Candidate(file, mirror, column.Reading, agreement, Agrees(column.Codes, codes), name) { Conflicts = conflicts };
            }
        }

        if (enumeration is not null && mirrorEnumeration is not null
            && new Recon.Dataflow.Values.Choice.EnumerationComparisonDefinition().WhyNot(_rows.Mirror[mirror].Type) is null
            && EnumerationMap.Find(enumeration, mirrorEnumeration) is { } map
            && map.Agreement is { Deviations: >= 6, BeyondChance: >= 0.3 })
        {
            var mapped = new Candidate(file, mirror, map.Reading, map.Agreement, map.Agrees, name) { Conflicts = conflicts, Map = map.Map, Unmapped = map.Unmapped };
            bool isNeeded = chosen is null || (chosen.Reading.ChangesLetters && enumeration.Values.Count <= 30)
                || mapped.Agreement.Agree - mapped.Agreement.Expected > (chosen.Agreement.Agree - chosen.Agreement.Expected) * 1.1;
            chosen = isNeeded ? mapped : chosen;
        }

        return chosen is null ? null : chosen with { Counts = Counts(file) };
    }

    // Whole numbers that grow by one from record to record, but for records that were left out.
    private bool Counts(int file)
    {
        long last = long.MinValue;
        long first = 0;
        int count = 0;
        foreach (byte[]? value in _rows.FileValues(file))
        {
            if (value is null || !System.Buffers.Text.Utf8Parser.TryParse(value, out long number, out int used) || used != value.Length || number <= last)
            {
                return false;
            }

            first = count == 0 ? number : first;
            last = number;
            count++;
        }

        return count >= 10 && last - first < count * 4L;
    }

    // A host is not written where the mirror has whole addresses, nor an address where it has hosts, unless only that agrees.
    private void KeepWebForm(List<(ReadColumn Column, int[] Mirror, Agreement Agreement)> fitting, int mirror)
    {
        double GainOf(Func<ComparisonDefinition, bool> isOf) => fitting.Where(fit => isOf(fit.Column.Reading.Compare)).Select(fit => Gain(fit.Agreement, fit.Column.Reading)).DefaultIfEmpty(0).Max();
        double address = GainOf(compare => compare is UrlComparisonDefinition);
        double host = GainOf(compare => compare is DomainComparisonDefinition);
        if (address > 0 && host > 0)
        {
            byte[][] held = [.. _rows.MirrorValues(mirror).OfType<byte[]>()];
            bool areAddresses = held.Count(value => value.AsSpan().IndexOf("://"u8) > 0) * 2 >= held.Length;
            if (areAddresses && address >= host / 2)
            {
                fitting.RemoveAll(fit => fit.Column.Reading.Compare is DomainComparisonDefinition);
            }
            else if (!areAddresses && host >= address * 0.9)
            {
                fitting.RemoveAll(fit => fit.Column.Reading.Compare is UrlComparisonDefinition);
            }
        }
    }

    private static double Gain(Agreement agreement, ColumnReading reading) => (agreement.Agree - agreement.Expected) * (reading.Cost >= 20 ? 0.9 : 1);

    private ReadColumn Read(byte[]?[] values, ColumnReading reading)
    {
        ConversionChain chain = ConversionChain.Compile(reading.Convert, _context);
        var meaning = Meaning.Of(reading.Compare, _context);
        CodeBook book = BookOf(reading.Compare);
        int[] codes = new int[values.Length];
        int[] texts = new int[values.Length];
        var scratch = new Utf8Scratch();
        for (int at = 0; at < values.Length; at++)
        {
            if (values[at] is not { } value)
            {
                continue;
            }

            scratch.Reset();
            ConvertedValue converted = chain.Convert(value, scratch);
            if (converted.IsNull)
            {
                continue;
            }

            codes[at] = !converted.Failed && meaning.TryWrite(converted.Text, scratch, out ReadOnlySpan<byte> form) ? book.CodeOf(form) : CodeBook.Unread;
            texts[at] = converted.Failed ? CodeBook.Unread : _texts.CodeOf(converted.Text);
        }

        return new ReadColumn(reading, codes, texts);
    }

    private CodeBook BookOf(ComparisonDefinition comparison)
    {
        if (!_books.TryGetValue(comparison, out CodeBook? book))
        {
            _books[comparison] = book = new CodeBook();
        }

        return book;
    }

    // Null where the column's type or its values are not of the comparison's kind.
    private int[]? MirrorCodes(int column, ComparisonDefinition comparison)
    {
        if (!_mirrorCodes.TryGetValue((column, comparison), out int[]? codes))
        {
            _mirrorCodes[(column, comparison)] = codes = comparison.WhyNot(_rows.Mirror[column].Type) is null ? ReadMirror(column, comparison) : null;
        }

        return codes;
    }

    private int[]? ReadMirror(int column, ComparisonDefinition comparison)
    {
        var meaning = Meaning.Of(comparison, _context);
        CodeBook book = BookOf(comparison);
        byte[]?[] values = _rows.MirrorValues(column);
        int[] codes = new int[values.Length];
        var scratch = new Utf8Scratch();
        int filled = 0;
        int read = 0;
        for (int at = 0; at < values.Length; at++)
        {
            if (values[at] is not { } value)
            {
                continue;
            }

            scratch.Reset();
            filled++;
            bool isRead = meaning.TryWrite(value, scratch, out ReadOnlySpan<byte> form);
            read += isRead ? 1 : 0;
            codes[at] = isRead ? book.CodeOf(form) : CodeBook.Unread;
            if (filled == 200 && read < filled * ShareReadable)
            {
                return null;
            }
        }

        return read < filled * ShareReadable ? null : codes;
    }

    private int[] MirrorTexts(int column)
    {
        if (_mirrorTexts[column] is not { } codes)
        {
            _mirrorTexts[column] = codes = [.. _rows.MirrorValues(column).Select(value => value is null ? 0 : _texts.CodeOf(value))];
        }

        return codes;
    }

    private List<string> Regions(IReadOnlyList<int> mirrors) =>
    [
        .. mirrors.SelectMany(mirror => _rows.MirrorValues(mirror).OfType<byte[]>().Where(value => value is [(byte)'+', ..] and { Length: >= 8 and <= 24 }).Take(60))
            .Select(value => PhoneRegion.Of(System.Text.Encoding.UTF8.GetString(value))).OfType<string>()
            .GroupBy(region => region).OrderByDescending(same => same.Count()).Select(same => same.Key).Take(MostRegions),
    ];

    private static bool[] Agrees(int[] file, int[] mirror) => [.. file.Select((code, at) => code > 0 && code == mirror[at])];

    private static int Same(int[] file, int[] mirror)
    {
        int same = 0;
        for (int at = 0; at < file.Length; at++)
        {
            same += file[at] > 0 && file[at] == mirror[at] ? 1 : 0;
        }

        return same;
    }

    private sealed record ReadColumn(ColumnReading Reading, int[] Codes, int[] Texts);
}
