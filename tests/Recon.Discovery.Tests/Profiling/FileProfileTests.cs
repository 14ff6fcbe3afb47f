using Recon.Dataflow.Definition;
using Recon.Discovery.Profiling;

namespace Recon.Discovery.Tests.Profiling;

/// <summary>What a profile becomes in a definition.</summary>
public sealed class FileProfileTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ToBlock_OfAProfile_NamesTheColumnsOnlyWhereNoHeaderDoes(bool header)
    {
        var profile = new FileProfile
        {
            Path = "a.csv",
            Bytes = 10,
            BytesSeen = 10,
            Records = 1,
            Malformed = 0,
            Encoding = Sure("windows-1252"),
            Delimiter = Sure(";"),
            Quote = Sure("\""),
            Escape = Sure(FieldEscape.Doubled),
            Header = Sure(header),
            Nulls = [],
            Columns = [new ColumnProfile { Name = "Id", Index = 0, Filled = 1, Distinct = 1, Longest = 1, Kind = Sure(ColumnKind.Id) }],
            Damage = [],
        };

        CsvBlockDefinition block = profile.ToBlock("exports/a.csv", "Id");

        Assert.Equal(("exports/a.csv", "Id", "windows-1252", ";", header), (block.Path, block.Id, block.Encoding, block.Delimiter, block.Header));
        Assert.Equal(header ? null : (string[])["Id"], block.Columns);
    }

    private static Found<T> Sure<T>(T value) => new(value, true, "all say so", []);
}
