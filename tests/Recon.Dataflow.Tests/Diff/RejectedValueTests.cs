using System.Text.Json;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Text;


namespace Recon.Dataflow.Tests.Diff;

public sealed class RejectedValueTests
{
    private static readonly MapDefinition s_map = new() { Values = new Dictionary<string, string> { ["Actif"] = "Active" } };

    [Fact]
    public void Diff_ValueThatFailsItsConversion_IsCountedAndNotedAndNotStaged()
    {
        DiffOutcome outcome = Diffing.One(Diffing.Property() with { Convert = [s_map] }, "Inactif", "Active");

        Assert.Equal("{}", outcome.Row!.Updates);
        Assert.Equal("name not staged: unmapped", outcome.Row.Notes);
        Assert.Equal((VerdictKind.ValueRejected, "unmapped"), (outcome.Verdict.Kind, outcome.Verdict.Rule));
        Assert.Equal(1, outcome.Counts.RejectedValues[new("name", "Name", ValueRejectReasons.Unmapped, "Inactif")]);
        Assert.Equal((1, 0), (outcome.Counts.Matched, outcome.Counts.WithChanges));
    }

    [Fact]
    public void Diff_ValueThatRejectsItsRow_BecomesARejectWithoutItsTextInTheMessage()
    {
        DiffOutcome outcome = Diffing.One(
            Diffing.Property() with { Convert = [s_map with { OnUnmapped = UnmappedPolicy.RejectRow }] }, "Inactif", "Active");

        Assert.Null(outcome.Row);
        RejectedRecord reject = outcome.Rejects.Single();
        Assert.Equal((2, 0, "name", RejectReasons.ValueUnmapped), (reject.Line, reject.ByteOffset, reject.Column, reject.Reason));
        Assert.DoesNotContain("Inactif", reject.Message, StringComparison.Ordinal);
        Assert.Equal("""{"Id":"L1","Name":"Inactif"}""", reject.Raw);
        Assert.Equal((1, 0), (outcome.Counts.Rejected, outcome.Counts.Matched));
        Assert.Equal(1, outcome.Counts.ByReason[RejectReasons.ValueUnmapped]);
        Assert.Equal("rejected", outcome.Record.Status);
    }

    [Fact]
    public void Diff_RowRejectedByItsLastProperty_CountsNothingOfTheOthers()
    {
        PropertyDefinition[] properties =
        [
            Diffing.Property("changed", "A"),
            Diffing.Property("kept", "A") with { Policy = UpdatePolicy.CompareOnly },
            Diffing.Property("same", "B") with { Convert = [new TruncateDefinition { Length = 2 }] },
            Diffing.Property("status", "Status") with { Convert = [s_map with { OnUnmapped = UnmappedPolicy.RejectRow }] },
        ];
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline(properties));
        Dictionary<string, string> hubspot = new() { ["changed"] = "x", ["kept"] = "x", ["same"] = "bb", ["status"] = "Active" };
        using RecordBatch batch = Diffing.Batch(
            plan,
            new Dictionary<string, string> { ["Id"] = "1", ["A"] = "a", ["B"] = "bbb", ["Status"] = "Inactif" },
            new Dictionary<string, string> { ["Id"] = "2", ["A"] = "a", ["B"] = "bbb", ["Status"] = "Actif" });
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (1, hubspot), (2, hubspot)), [0], [1]));

        CollectedRow row = Diffing.Run(plan, batch).Single();

        Assert.Equal((1, "2"), (row.Row, row.LegacyId));
        Assert.Equal("""{"changed":"a"}""", row.Updates);
        Assert.Equal(new Dictionary<string, long> { ["changed"] = 1 }, batch.Counts.PropertyChanges);
        Assert.Equal(new Dictionary<string, long> { ["kept/compare-only"] = 1 }, batch.Counts.KeptBack);
        Assert.Equal(new Dictionary<string, long> { ["same/truncated"] = 1 }, batch.Counts.Remarks);
    }

    [Fact]
    public void Diff_MoreDifferentWrongValuesThanSamples_CountsTheRestWithoutTheirText()
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property() with { Convert = [s_map] }]));
        Dictionary<string, string>[] rows =
        [
            .. Enumerable.Range(0, RejectedValue.MaxSamplesPerBatch + 5)
                .Append(0)
                .Select(number => new Dictionary<string, string> { ["Id"] = "1", ["Name"] = $"wrong {number}" }),
        ];
        using RecordBatch batch = Diffing.Batch(plan, rows);
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan), [.. rows.Select(_ => Array.Empty<int>())]));

        Diffing.Run(plan, batch);

        Assert.Equal(RejectedValue.MaxSamplesPerBatch + 1, batch.Counts.RejectedValues.Count);
        Assert.Equal(5, batch.Counts.RejectedValues[new("name", "Name", ValueRejectReasons.Unmapped, null)]);
        Assert.Equal(2, batch.Counts.RejectedValues[new("name", "Name", ValueRejectReasons.Unmapped, "wrong 0")]);
    }

    [Fact]
    public void Diff_SampleCutInsideASurrogatePair_StaysWellFormed()
    {
        string value = new string('a', 99) + "😀 and more";

        DiffOutcome outcome = Diffing.One(Diffing.Property() with { Convert = [s_map] }, value, "Active");

        Assert.Equal(new string('a', 99), outcome.Counts.RejectedValues.Keys.Single().Sample);
    }

    [Fact]
    public void RecordText_CutInsideASurrogatePair_StaysWellFormed()
    {
        SourceColumns columns = new(["Id"]);
        for (int length = RejectReasons.MaxRawLength - 12; length < RejectReasons.MaxRawLength; length++)
        {
            using RecordBatch batch = Diffing.Batch(columns, new Dictionary<string, string> { ["Id"] = new string('a', length) + "😀😀" });

            string text = RecordText.Of(batch, 0);

            Assert.InRange(text.Length, RejectReasons.MaxRawLength - 13, RejectReasons.MaxRawLength);
            Assert.False(char.IsHighSurrogate(text[^1]));
        }
    }

    [Fact]
    public void RecordText_ShortRow_IsAJsonObjectOfItsFilledColumns()
    {
        using RecordBatch batch = Diffing.Batch(
            new SourceColumns(["Id", "Name", "Empty"]), new Dictionary<string, string> { ["Id"] = "1", ["Name"] = "é\"\n" });

        Assert.Equal("é\"\n", JsonDocument.Parse(RecordText.Of(batch, 0)).RootElement.GetProperty("Name").GetString());
        Assert.DoesNotContain("Empty", RecordText.Of(batch, 0), StringComparison.Ordinal);
    }
}
