using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>Records that the header's delimiter does not divide, but another one does.</summary>
internal sealed class OtherDelimiter(CsvBlockDefinition csv)
{
    private (string Spelling, HeaderMap Header)? _latest;
    private long _records;

    /// <summary>Looks at a record of too few fields.</summary>
    public void See(ReadOnlySpan<byte> record, HeaderMap header)
    {
        if (header.DelimiterOf(record, csv) is { } spelling)
        {
            _latest = (spelling, header);
            _records++;
        }
    }

    /// <summary>What to do, where most records are such ones.</summary>
    /// <param name="read">All records.</param>
    public string? Warning(long read) => _latest is not (string spelling, HeaderMap header) || _records * 2 <= read ? null
        : $"{CountText.Show(_records)} of {CountText.Show(read, "record")} have as many fields as the header only with the delimiter \"{spelling}\": the header is "
            + $"written with \"{csv.Delimiter}\", and they are not. Export them again with one delimiter, or set \"delimiter\": \"{spelling}\", \"header\": false and "
            + $"\"columns\": [{string.Join(", ", header.Names.Select(name => $"\"{name}\""))}] in the csv block; the header's line is then rejected.";
}
