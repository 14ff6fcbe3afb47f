using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Topology;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>Files that somebody writes to, or exchanges, while a run reads them.</summary>
public sealed class ChangedInputTests(PostgresServer server)
{
    private static readonly DateTime s_written = new(2024, 5, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("appended", "bytes became")]
    [InlineData("truncated", "bytes became")]
    [InlineData("overwritten", "last written 2024-05-01 12:00:00.000, now")]
    [InlineData("overwritten, time set back", "other bytes at its start or end")]
    [InlineData("replaced", "another file took its place")]
    public async Task Run_InputChangesWhileItIsRead_PublishesNothingAndSaysWhat(string change, string says)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string before = await world.ContentAsync();
        string csv = await File.ReadAllTextAsync(world.CsvPath, TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(world.CsvPath, s_written);

        PipelineResult result = await world.RunAsync(request => request with { Observer = new AtRecord(57, () => Change(world.CsvPath, change)) });

        Assert.Equal((RunOutcome.Failed, false), (result.Outcome, result.Resumable));
        InputException changed = Assert.IsType<InputException>(Assert.IsType<GraphFaultException>(result.Fault).InnerException);
        Assert.Contains("things.csv changed while it was read (", changed.Message, StringComparison.Ordinal);
        Assert.Contains(says, changed.Message, StringComparison.Ordinal);
        Assert.Equal(before, await world.ContentAsync());
        Assert.Equal(1, await world.CountAsync("select count(*) from pg_tables where schemaname = 'staging' and tablename ~ '^things__'"));
        Assert.Contains("changed while it was read", await world.Database.QueryValueAsync<string>(
            "select message from staging.reconciliation_log order by started_at desc limit 1"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(world.CsvPath, csv, TestContext.Current.CancellationToken);
        Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
    }

    // What was read is of one content: the file need only come back.
    [Fact]
    public async Task Run_InputRemovedWhileItIsRead_IsResumedWhenItIsBack()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 500);
        string away = world.PathOf("away");

        PipelineResult removed = await world.RunAsync(request => request with { Observer = new AtRecord(590, () => File.Move(world.CsvPath, away)) });
        File.Move(away, world.CsvPath);
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Contains("no longer be read: There is no file things.csv", removed.Fault?.InnerException?.Message, StringComparison.Ordinal);
        Assert.Equal((true, RunOutcome.Completed), (removed.Resumable, resumed.Outcome));
    }

    // Longer than what is read at a time, so that the reader meets the torn end itself.
    [Fact]
    public async Task Run_LongInputTruncatedWhileItIsRead_SaysThatInPlaceOfACutRecord()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 20_000);
        world.BatchRows = 1000;

        PipelineResult result = await world.RunAsync(
            request => request with { Observer = new AtRecord(100, () => Truncate(world.CsvPath, 400_003)) });

        Assert.Contains("bytes became 400,003", result.Fault?.InnerException?.Message, StringComparison.Ordinal);
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.things"));
    }

    [Fact]
    public async Task Run_FileJoinsTheInputWhileItIsRead_PublishesNothing()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);

        PipelineResult result = await world.RunAsync(request => request with
        {
            Input = Path.Combine(Path.GetDirectoryName(world.CsvPath)!, "*.csv"),
            Observer = new AtRecord(1, () => File.Copy(world.CsvPath, world.PathOf("another.csv"))),
        });

        Assert.Contains("another.csv was added to the input while it was read", result.Fault?.InnerException?.Message, StringComparison.Ordinal);
    }

    // What a run does when the server crashed and lost batches.
    [Theory]
    [InlineData("replaced")]
    [InlineData("overwritten")]
    public async Task Resume_InputChangedAfterItsEnd_IsNotReadAtTheOldPlaces(string change)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        File.SetLastWriteTimeUtc(world.CsvPath, s_written);
        DefinitionReading reading = world.Read();
        await using var input = await RunInput.OpenAsync(
            RunRequest.Of(reading) with { BaseDirectory = Path.GetDirectoryName(world.CsvPath)! },
            reading.Definition!.Pipelines[0],
            TestContext.Current.CancellationToken);
        Dictionary<long, SourceRange> committed = [];
        while (await input.ReadAsync(NoWaits.Instance, TestContext.Current.CancellationToken) is { } batch)
        {
            committed[batch.Number] = batch.Range;
            batch.Dispose();
        }

        committed.Remove(5);
        await input.ResumeAsync(committed, TestContext.Current.CancellationToken);
        Change(world.CsvPath, change);

        InputException changed = await Assert.ThrowsAsync<InputException>(
            () => input.ResumeAsync(committed, TestContext.Current.CancellationToken));

        Assert.True(changed.IsMixed);
    }

    private static void Change(string path, string how)
    {
        byte[] bytes = File.ReadAllBytes(path);
        switch (how)
        {
            case "appended":
                File.AppendAllText(path, "999,one more,1,,,\n");
                break;
            case "truncated":
                Truncate(path, (bytes.Length / 2) + 3);
                break;
            case "overwritten":
                bytes[bytes.Length / 2] = (byte)'x';
                File.WriteAllBytes(path, bytes);
                break;
            case "overwritten, time set back":
                bytes[^2] = (byte)'x';
                File.WriteAllBytes(path, bytes);
                File.SetLastWriteTimeUtc(path, s_written);
                break;
            default:
                File.WriteAllBytes(path + ".new", bytes);
                File.Move(path + ".new", path, overwrite: true);
                break;
        }
    }

    private static void Truncate(string path, long length)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.SetLength(length);
    }

    /// <summary>Does something when so many records were read.</summary>
    private sealed class AtRecord(int number, Action act) : IReadObserver
    {
        private int _read;

        public void OnRecord(in ReadRecord record)
        {
            if (++_read == number)
            {
                act();
            }
        }
    }
}
