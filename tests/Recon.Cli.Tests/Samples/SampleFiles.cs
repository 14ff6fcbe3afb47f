using Recon.Samples;

namespace Recon.Cli.Tests.Samples;

/// <summary>Samples in memory, and the shipped one.</summary>
internal static class SampleFiles
{
    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static string Root { get; } = FindRoot();

    public static string Shipped(string file) => Path.Combine(Root, "bronze_layer", file);

    public static async Task<byte[]> BronzeAsync(SampleOptions options, string file)
    {
        using MemoryStream stream = new();
        await new SampleGenerator(options).WriteBronzeAsync(file, stream, Token);
        return stream.ToArray();
    }

    public static async Task<byte[]> MirrorAsync(SampleOptions options, SampleTable table)
    {
        using MemoryStream stream = new();
        await new SampleGenerator(options).WriteMirrorAsync(table, stream, Token);
        return stream.ToArray();
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Recon.Dataflow.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("Recon.Dataflow.sln was not found above the tests.");
    }
}
