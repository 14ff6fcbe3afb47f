using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Library;

/// <summary>An image as an archive holds it.</summary>
/// <param name="Config">Its configuration, as OCI defines it.</param>
/// <param name="Files">The files of the layers above the base: name, mode, and bytes.</param>
internal sealed record ContainerImage(JsonObject Config, IReadOnlyList<(string Name, UnixFileMode Mode, long Size)> Files)
{
    /// <summary>Has the SDK make the image on the made-up base.</summary>
    /// <param name="folder">Where its archive is put.</param>
    /// <param name="args">A command of <c>dotnet</c> and its arguments.</param>
    public static async Task<ContainerImage> PublishAsync(TempFolder folder, string command, params string[] args)
    {
        await using LoopbackRegistry registry = await LoopbackRegistry.StartAsync();
        string archive = folder.File("image.tar");
        (int code, string output, string error) = await DotnetTool.RunAsync(
            "dotnet", Repository.Root, new() { ["RunAnalyzers"] = "false" },
            [command, "src/Recon.Cli/Recon.Cli.csproj", "-nologo", "-v:q", "-p:Configuration=Release", "-p:RuntimeIdentifier=linux-x64",
                $"-p:ContainerBaseImage={registry.BaseImage}", $"-p:ContainerArchiveOutputPath={archive}", .. args]);
        Assert.True(code == 0, output + error);
        return await ReadAsync(archive);
    }

    /// <summary>Reads an archive in the layout of OCI.</summary>
    private static async Task<ContainerImage> ReadAsync(string path)
    {
        Dictionary<string, byte[]> entries = [];
        await foreach ((TarEntry entry, byte[] content) in EntriesAsync(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)))
        {
            entries[entry.Name] = content;
        }

        JsonNode manifest = Json(JsonNode.Parse(entries["index.json"])!["manifests"]![0]!);
        List<(string, UnixFileMode, long)> files = [];
        foreach (JsonNode? layer in manifest["layers"]!.AsArray().Skip(1))
        {
            await foreach ((TarEntry entry, byte[] content) in EntriesAsync(Unpacked(Blob(layer!))))
            {
                if (entry.EntryType is not TarEntryType.Directory)
                {
                    files.Add((entry.Name, entry.Mode, content.Length));
                }
            }
        }

        return new ContainerImage(Json(manifest["config"]!), files);

        JsonObject Json(JsonNode descriptor) => JsonNode.Parse(Blob(descriptor))!.AsObject();
        byte[] Blob(JsonNode descriptor) => entries[$"blobs/{((string)descriptor["digest"]!).Replace(':', '/')}"];
    }

    private static byte[] Unpacked(byte[] packed)
    {
        using var stream = new MemoryStream(packed);
        using var zip = new GZipStream(stream, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zip.CopyTo(plain);
        return plain.ToArray();
    }

    private static async IAsyncEnumerable<(TarEntry Entry, byte[] Content)> EntriesAsync(byte[] archive)
    {
        using var stream = new MemoryStream(archive);
        await using var tar = new TarReader(stream);
        while (await tar.GetNextEntryAsync(copyData: false, TestContext.Current.CancellationToken) is { } entry)
        {
            using var content = new MemoryStream();
            if (entry.DataStream is { } data)
            {
                await data.CopyToAsync(content, TestContext.Current.CancellationToken);
            }

            yield return (entry, content.ToArray());
        }
    }
}
