using Recon.Postgres.Decisions;

namespace Recon.Postgres.Tests.Decisions;

/// <summary>A sheet survives the spreadsheets that it meets, and what is wrong with it is told by line and column.</summary>
public sealed class DecisionSheetTests
{
    private const string Hash = "r-0123456789abcdef0123456789abcdef";
    private static readonly string s_header = DecisionSheet.Header.Trim();

    [Theory]
    [InlineData("=cmd|' /C calc'!A0")]
    [InlineData("+1")]
    [InlineData("@sum")]
    [InlineData("'quoted")]
    [InlineData("0012")]
    [InlineData("1E5")]
    [InlineData("123456789012345678")]
    [InlineData("a, \"b\"; c")]
    [InlineData("12")]
    public void Sheet_WrittenAndRead_KeepsIds(string id)
    {
        var decision = new Decision("things", id, DecisionKind.Match, 9_007_199_254_740_993, null, "Ada", DateTimeOffset.UnixEpoch, "=note, really", Evidence);
        string line = DecisionSheet.Line(decision);
        (IReadOnlyList<SheetLine> lines, IReadOnlyList<SheetProblem> problems) = DecisionSheet.Read(DecisionSheet.Header + line);

        Assert.Empty(problems);
        Assert.Equal(
            new SheetLine(2, "things", id, DecisionKind.Match, 9_007_199_254_740_993, null, null, "=note, really", "Ada", Hash[2..]), Assert.Single(lines));
        Assert.All(line.Split(','), cell => Assert.DoesNotMatch("^\"?[=+@]", cell));
    }

    [Fact]
    public void Sheet_SavedByASpreadsheet_IsRead()
    {
        string text = "\uFEFFrecord;Decision;legacy_id;pipeline;hubspot_id;note;mine\r\n"
            + $"\"{Hash}\";match;\"30\";things;6000000030;\"two\r\nlines; really\";x\r\n"
            + ";;;;;;\r\n"
            + $"{Hash.ToUpperInvariant().Replace("R-", "R-", StringComparison.Ordinal)};NO-MATCH;'0031;things;;;\r\n"
            + $"{Hash};;32;things;;;undecided\r\n"
            + $"{Hash};;33;things;5000000033;;\r\n";
        (IReadOnlyList<SheetLine> lines, IReadOnlyList<SheetProblem> problems) = DecisionSheet.Read(text);

        Assert.Empty(problems);
        Assert.Equal([(2, "30"), (5, "0031"), (7, "33")], lines.Select(line => (line.Line, line.LegacyId)));
        Assert.Equal("two\r\nlines; really", lines[0].Note);
        Assert.Equal((DecisionKind.Match, 5_000_000_033L), (lines[2].Kind, lines[2].HubspotId!.Value));
    }

    [Theory]
    [InlineData("things,1,perhaps,,,,,,,,,," + Hash, "decision")]
    [InlineData("things,1,match,,,,,,,,,," + Hash, "hubspot_id")]
    [InlineData("things,1,match,6.00E+09,,,,,,,,," + Hash, "hubspot_id")]
    [InlineData("things,1,no-match,6000000030,,,,,,,,," + Hash, "hubspot_id")]
    [InlineData("things,1,keep-row,,,,,,,,,," + Hash, "keep_line")]
    [InlineData("things,1,keep-row,,x,,,,,,,," + Hash, "keep_line")]
    [InlineData("things,,no-match,,,,,,,,,," + Hash, "legacy_id")]
    [InlineData(",1,no-match,,,,,,,,,," + Hash, "pipeline")]
    [InlineData("things,1,no-match,,,,,,,,,,", "record")]
    [InlineData("things,1,no-match,,,,,,,,,,r-12", "record")]
    [InlineData("things,1,\"no-match,,,,,,,,,,", "")]
    public void Sheet_WithAProblem_SaysWhere(string line, string column)
    {
        (IReadOnlyList<SheetLine> lines, IReadOnlyList<SheetProblem> problems) = DecisionSheet.Read($"{s_header}\n{line}");

        Assert.Empty(lines);
        Assert.Contains(problems, problem => problem.Line == 2 && problem.Column == column);
    }

    [Fact]
    public void Sheet_WithALineTwice_SaysWhere()
    {
        (IReadOnlyList<SheetLine> lines, IReadOnlyList<SheetProblem> problems) = DecisionSheet.Read(
            $"{s_header}\nthings,1,no-match,,,,,,,,,,{Hash}\nthings,1,match,5,,,,,,,,,{Hash}\n");

        Assert.Single(lines);
        Assert.Equal((3, "legacy_id"), problems.Select(problem => (problem.Line, problem.Column)).Single());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b\n1,2")]
    public void Sheet_WithoutItsHeader_IsRefused(string text)
        => Assert.Single(DecisionSheet.Read(text).Problems);

    private static string Evidence => $$"""{"record": "{{Hash[2..]}}"}""";
}
