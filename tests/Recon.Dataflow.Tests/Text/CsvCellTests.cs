using CsCheck;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Tests.Text;

public sealed class CsvCellTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+33612345678", "'+33612345678")]
    [InlineData("-2", "'-2")]
    [InlineData("@x", "'@x")]
    [InlineData("\uFF1D1+1", "'\uFF1D1+1")]
    [InlineData("\uFF0B33", "'\uFF0B33")]
    [InlineData("\uFF0D2", "'\uFF0D2")]
    [InlineData("\uFF20x", "'\uFF20x")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("=a,\"b\"", "\"'=a,\"\"b\"\"\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("plain", "plain")]
    [InlineData(null, "")]
    public void Cell_Value_IsSafeAndQuotedWhereNeeded(string? value, string cell) => Assert.Equal(cell, CsvCell.Of(value));

    [Fact]
    public void Cell_AnyText_NeverStartsLikeAFormulaAndReadsBack()
        => Gen.String.Sample(text =>
        {
            string cell = CsvCell.Of(text);
            string read = cell.StartsWith('"') ? cell[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : cell;
            Assert.True(read.Length == 0 || !"=+-@\t\r".Contains(read[0], StringComparison.Ordinal));
            Assert.True(read == text || read == "'" + text);
        });

    [Theory]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+33", "\"'+33\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@x", "\"'@x\"")]
    [InlineData("\tx", "\"'\tx\"")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("a \"b\", c", "\"a \"\"b\"\", c\"")]
    [InlineData("1=1", "\"1=1\"")]
    [InlineData(null, "\"\"")]
    public void QuotedCell_Value_IsSafeAndQuoted(string? value, string expected)
        => Assert.Equal(expected, CsvCell.Quoted(value));
}
