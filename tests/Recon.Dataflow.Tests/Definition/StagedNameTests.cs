using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Tests.Definition;

/// <summary>Names that recon takes for itself are refused before a run fails on them.</summary>
public sealed class StagedNameTests
{
    public static TheoryData<string> Columns => [.. CommonColumns.Stored.Select(column => column.Name)];

    public static TheoryData<string> Relations => [.. OwnRelations.All];

    [Theory]
    [MemberData(nameof(Columns))]
    public void StagedColumn_NamedAsACommonOne_IsTheOnlyProblem(string name)
    {
        IReadOnlyList<DefinitionProblem> problems =
            DefinitionSamples.Parse(DefinitionSamples.With("\"name\": \"legacy_email\"", $"\"name\": \"{name}\"")).Problems;

        DefinitionProblem problem = Assert.Single(problems);
        Assert.Equal("$.pipelines[0].blocks[6].columns[0].name", problem.JsonPath);
        Assert.Contains("every staging table has", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ctid")]
    [InlineData("xmin")]
    [InlineData("xmax")]
    [InlineData("cmin")]
    [InlineData("cmax")]
    [InlineData("tableoid")]
    public void StagedColumn_NamedAsASystemColumn_IsTheOnlyProblem(string name)
    {
        IReadOnlyList<DefinitionProblem> problems =
            DefinitionSamples.Parse(DefinitionSamples.With("\"name\": \"legacy_email\"", $"\"name\": \"{name}\"")).Problems;

        Assert.Contains("is a system column", Assert.Single(problems).Message, StringComparison.Ordinal);
        Assert.NotEmpty(DefinitionSamples.Parse(DefinitionSamples.With("legacy_contact_id", name)).Problems);
    }

    [Theory]
    [MemberData(nameof(Relations))]
    [InlineData("reconciliation_log_pkey")]
    [InlineData("Reconciliation_Lease")]
    public void StageTable_NamedAsOneOfRecon_IsTheOnlyProblem(string name)
    {
        IReadOnlyList<DefinitionProblem> problems =
            DefinitionSamples.Parse(DefinitionSamples.With("contacts_reconciliation", name)).Problems;

        DefinitionProblem problem = Assert.Single(problems);
        Assert.Equal("$.pipelines[0].blocks[6].table", problem.JsonPath);
        Assert.Contains("of recon itself", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_HoldEachNameOnce()
    {
        Assert.Distinct(CommonColumns.Stored.Select(column => column.Name));
        Assert.Distinct(OwnRelations.All);
        Assert.Contains("source_file", CommonColumns.Stored.Select(column => column.Name));
        Assert.Contains("reconciliation_lease", OwnRelations.Tables);
    }
}
