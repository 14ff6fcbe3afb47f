using Recon.Dataflow;
using Recon.HubSpot.Updates;

namespace Recon.HubSpot.Tests.Updates;

public sealed class UpdateListTests
{
    [Fact]
    public async Task JsonLines_Record_HasNewAndPreviousValues()
    {
        await using var text = new StringWriter();

        long count = await UpdateListWriter.WriteJsonLinesAsync(
            text, Staged.Of(Staged.Record("1", 2, changes: [("b", "x", null), ("a", "é", "y")])), CancellationToken.None);

        Assert.Equal(1, count);
        Assert.Equal(
            "{\"legacy_id\":\"1\",\"id\":\"2\",\"status\":\"matched\",\"confidence\":100,\"properties\":{\"a\":\"é\",\"b\":\"x\"},\"previous\":{\"a\":\"y\",\"b\":null}}\n",
            text.ToString());
    }

    [Fact]
    public async Task Csv_Record_HasALinePerProperty()
    {
        await using var text = new StringWriter();

        await UpdateListWriter.WriteCsvAsync(
            text,
            Staged.Of(Staged.Record("1", 2, changes: [("b", "=x", null), ("a", "1,5", "y")]), Staged.Record("3", null, "unmatched", null)),
            CancellationToken.None);

        Assert.Equal(
            "legacy_id,hubspot_id,status,confidence,property,value,previous\r\n1,2,matched,100,a,\"1,5\",y\r\n1,2,matched,100,b,'=x,\r\n3,,unmatched,,,,\r\n",
            text.ToString());
    }

    [Fact]
    public void Filter_MatchedWithoutChanges_IsLeftOut()
        => Assert.Null(new UpdateFilter().Narrow(Staged.Record("1", 2)));

    [Fact]
    public void Filter_Property_KeepsOnlyItAndItsPreviousValue()
    {
        ReconciledRecord? kept = new UpdateFilter { Properties = ["a"] }.Narrow(
            Staged.Record("1", 2, changes: [("a", "1", "0"), ("b", "1", "0")]));

        Assert.Equal(["a"], kept!.Updates.Keys);
        Assert.Equal(["a"], kept.Previous.Keys);
        Assert.Null(new UpdateFilter { Properties = ["c"] }.Narrow(Staged.Record("1", 2, changes: ("a", "1", "0"))));
    }

    [Theory]
    [InlineData(80.0, true)]
    [InlineData(79.99, false)]
    [InlineData(null, false)]
    public void Filter_MinConfidence_IsInclusive(double? confidence, bool kept)
        => Assert.Equal(kept, new UpdateFilter { MinConfidence = 80 }.Narrow(
            Staged.Record("1", 2, confidence: (decimal?)confidence, changes: ("a", "1", null))) is not null);

    [Fact]
    public void Filter_Status_GivesRecordsOfItOnly()
    {
        var filter = new UpdateFilter { Status = "unmatched" };

        Assert.NotNull(filter.Narrow(Staged.Record("1", null, "unmatched", null)));
        Assert.Null(filter.Narrow(Staged.Record("1", 2, changes: ("a", "1", null))));
    }

    [Fact]
    public async Task ToFile_Existing_IsReplacedOnlyByForce()
    {
        string path = Path.GetTempFileName();
        try
        {
            await Assert.ThrowsAsync<ExportException>(() => UpdateListWriter.ToFileAsync(path, false, _ => Task.FromResult(0L)));
            await UpdateListWriter.ToFileAsync(path, true, async writer =>
            {
                await writer.WriteAsync("new");
                return 1;
            });

            Assert.Equal("new", await File.ReadAllTextAsync(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
