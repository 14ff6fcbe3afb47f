using System.Security.Cryptography;
using System.Text.Json;
using Recon.Dataflow;
using Recon.HubSpot.Updates;

namespace Recon.HubSpot.Tests.Updates;

public sealed class HubspotPackTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recon-export-").FullName;

    private static readonly PackSource s_source = new(
        "companies",
        "companies",
        new PackRun(
            new Guid("01993f2a-0000-7000-8000-00000abcdef0"),
            new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
            "bronze/Company.csv",
            "c0ffee"),
        new DateTimeOffset(2026, 3, 2, 8, 30, 15, TimeSpan.Zero));

    private string Target => Path.Combine(_folder, "out");

    [Fact]
    public async Task Write_OneRecord_IsTheBodyOfTheEndpoint()
    {
        await WriteAsync(Staged.Of(Staged.Record(
            "A1", 5_000_000_000, changes: [("numberofemployees", "17", "16"), ("name", "É \"X\" <b>", null)])));

        Assert.Equal(
            "{\"inputs\":[{\"id\":\"5000000000\",\"objectWriteTraceId\":\"A1\",\"properties\":{\"name\":\"É \\\"X\\\" <b>\",\"numberofemployees\":\"17\"}}]}\n",
            await File.ReadAllTextAsync(Path.Combine(Target, "update-00001.json")));
    }

    [Fact]
    public async Task Write_250Records_GivesFilesOf100InOrder()
    {
        PackManifest manifest = await WriteAsync(Staged.Many(250));

        Assert.Equal([100, 100, 50], manifest.Files.Select(file => file.Inputs));
        Assert.Equal(["update-00001.json", "update-00002.json", "update-00003.json"], manifest.Files.Select(file => file.Name));
        Assert.Equal("00101", Inputs("update-00002.json")[0].GetProperty("objectWriteTraceId").GetString());
        Assert.Equal(250, manifest.Records);
        Assert.Equal(250, manifest.PropertyChanges["name"]);
    }

    [Fact]
    public async Task Write_EveryFile_HasItsLengthAndHashInTheManifest()
    {
        await WriteAsync(Staged.Many(101));
        using JsonDocument manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Target, "manifest.json")));
        JsonElement[] files = [.. manifest.RootElement.GetProperty("files").EnumerateArray(), .. manifest.RootElement.GetProperty("undo").EnumerateArray()];

        Assert.Equal(4, files.Length);
        foreach (JsonElement file in files)
        {
            byte[] content = await File.ReadAllBytesAsync(Path.Combine(Target, file.GetProperty("name").GetString()!));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.GetProperty("sha256").GetString());
            Assert.Equal(content.Length, file.GetProperty("bytes").GetInt64());
        }
    }

    [Fact]
    public async Task Write_Undo_PutsBackWhatWasAndClearsWhatWasNot()
    {
        await WriteAsync(Staged.Many(2));

        Assert.Equal("{\"name\":\"old 1\"}", Inputs("undo-00001.json")[0].GetProperty("properties").GetRawText());
        Assert.Equal("{\"name\":\"\"}", Inputs("undo-00001.json")[1].GetProperty("properties").GetRawText());
    }

    [Fact]
    public async Task Write_Twice_GivesTheSameBytes()
    {
        await WriteAsync(Staged.Many(120));
        Dictionary<string, string> first = Content();
        await WriteAsync(Staged.Many(120), force: true);

        Assert.Equal(first, Content());
    }

    [Fact]
    public async Task Write_InThePlaceOfAnExport_KeepsItWithItsUndoPack()
    {
        await WriteAsync(Staged.Many(250));
        Dictionary<string, string> former = Content();
        await WriteAsync(Staged.Many(120), force: true);
        await WriteAsync(Staged.Many(1), force: true);

        string[] kept = [.. Directory.GetDirectories(_folder, "out-*").Order(StringComparer.Ordinal)];
        Assert.Equal(2, kept.Length);
        Assert.Contains(kept, folder => former.OrderBy(file => file.Key).SequenceEqual(
            Directory.GetFiles(folder).ToDictionary(file => Path.GetFileName(file), File.ReadAllText).OrderBy(file => file.Key)));
        Assert.Single(Directory.GetFiles(Target, "undo-*.json"));
    }

    [Fact]
    public async Task Write_Manifest_NamesRunTimeAndInput()
    {
        await WriteAsync(Staged.Many(1));
        using JsonDocument manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Target, "manifest.json")));

        Assert.Equal(
            ["01993f2a-0000-7000-8000-00000abcdef0", "2026-03-01T12:00:00Z", "2026-03-02T08:30:15Z", "bronze/Company.csv", "c0ffee"],
            ((string[])["runId", "runStartedAt", "exportedAt", "input", "inputFingerprint"])
                .Select(name => manifest.RootElement.GetProperty(name).GetString()!));
        Assert.Equal("hubspot-companies-00000abcdef0-20260302T083015Z", s_source.FolderName);
    }

    [Fact]
    public async Task Write_SeveralObjectTypes_GoToTheirOwnEndpointsAndUnknownOnesAreCounted()
    {
        PackManifest manifest = await WriteAsync(
            Staged.Of(
                Staged.Record("1", 1, changes: ("a", "b", null)) with { ObjectType = "calls" },
                Staged.Record("2", 2, changes: ("a", "b", null)),
                Staged.Record("3", 3, changes: ("a", "b", null)) with { ObjectType = "tasks" },
                Staged.Record("4", 4, changes: ("a", "b", null)) with { ObjectType = "calls" }),
            type: null);

        Assert.Equal(["calls 2", "tasks 1"], manifest.Objects.Select(each => $"{each.ObjectType} {each.Records}"));
        Assert.Equal((3, 1), (manifest.Records, manifest.WithoutObject));
        Assert.Equal(["update-calls-00001.json", "update-tasks-00001.json"], manifest.Files.Select(file => file.Name));
        Assert.Equal(["1", "4"], Inputs("undo-calls-00001.json").Select(input => input.GetProperty("id").GetString()!));
        Assert.Equal("/crm/v3/objects/tasks/batch/update", manifest.Objects[1].Endpoint);
    }

    [Fact]
    public void Forecast_3MillionRecords_IsThatOfTheGuide()
    {
        QuotaForecast professional = QuotaForecast.For(30_000)[0];

        Assert.Equal(26.316, professional.Minutes);
        Assert.Equal(0.046154, professional.ShareOfDay);
        Assert.Equal(50, QuotaForecast.For(30_000)[1].Minutes);
    }

    [Fact]
    public async Task Write_NonEmptyTarget_IsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "mine.txt"), "mine");

        await Assert.ThrowsAsync<ExportException>(() => WriteAsync(Staged.Many(1)));
        ExportException forced = await Assert.ThrowsAsync<ExportException>(() => WriteAsync(Staged.Many(1), force: true));

        Assert.Contains("holds no export", forced.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(Target, "mine.txt")));
        Assert.Equal(["out"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Write_SourceFails_LeavesNothingAndKeepsTheFormerExport()
    {
        await WriteAsync(Staged.Many(3));
        Dictionary<string, string> former = Content();

        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(Failing(), force: true));

        Assert.Equal(former, Content());
        Assert.Equal(["out"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));

        static async IAsyncEnumerable<ReconciledRecord> Failing()
        {
            await foreach (ReconciledRecord record in Staged.Many(150))
            {
                yield return record;
            }

            throw new InvalidOperationException("the server is gone");
        }
    }

    [Fact]
    public async Task Write_SeveralAtATimeIntoANumberedFolder_GetAFolderEach()
    {
        WrittenPack? inner = null;
        WrittenPack outer = await NumberedAsync(During(Staged.Many(120), async () => inner = await NumberedAsync(Staged.Many(3))));
        WrittenPack after = await NumberedAsync(Staged.Many(1));

        Assert.Equal([Target, $"{Target}-2", $"{Target}-3"], [inner!.Folder, outer.Folder, after.Folder]);
        Assert.Equal(
            [3L, 120L, 1L],
            ((string[])[inner.Folder, outer.Folder, after.Folder]).Select(folder =>
            {
                using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")));
                return manifest.RootElement.GetProperty("records").GetInt64();
            }));
        Assert.Equal(3, Directory.GetFileSystemEntries(_folder).Length);

        Task<WrittenPack> NumberedAsync(IAsyncEnumerable<ReconciledRecord> records)
            => HubspotPack.WriteAsync(Target, TakenFolder.Number, s_source, records, CancellationToken.None);
    }

    [Fact]
    public async Task Write_FolderTakenMeanwhile_IsRefusedAndLeftAlone()
    {
        await Assert.ThrowsAsync<ExportException>(() => WriteAsync(During(Staged.Many(120), () => WriteAsync(Staged.Many(3)))));

        Assert.Equal(3, Inputs("update-00001.json").Length);
        Assert.Equal(["out"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Write_RecordsOutOfOrder_IsRefused()
        => await Assert.ThrowsAsync<ExportException>(() => WriteAsync(Staged.Of(
            Staged.Record("2", 2, changes: ("a", "b", null)), Staged.Record("10", 10, changes: ("a", "b", null)))));

    [Fact]
    public async Task Write_Files_AreForTheirOwnerOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        await WriteAsync(Staged.Many(1));

        Assert.All(Directory.GetFiles(Target), file => Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<PackManifest> WriteAsync(IAsyncEnumerable<ReconciledRecord> records, bool force = false, string? type = "companies")
        => (await HubspotPack.WriteAsync(
            Target, force ? TakenFolder.MoveAside : TakenFolder.Refuse, s_source with { ObjectType = type }, records, CancellationToken.None)).Manifest;

    private static async IAsyncEnumerable<ReconciledRecord> During(IAsyncEnumerable<ReconciledRecord> records, Func<Task> happen)
    {
        await happen();
        await foreach (ReconciledRecord record in records)
        {
            yield return record;
        }
    }

    private JsonElement[] Inputs(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Target, file)));
        return [.. document.RootElement.Clone().GetProperty("inputs").EnumerateArray()];
    }

    private Dictionary<string, string> Content()
        => Directory.GetFiles(Target).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
}
