namespace Recon.Samples.Tests;

/// <summary>Samples in memory.</summary>
internal static class SampleFiles
{
    public static CancellationToken Token => TestContext.Current.CancellationToken;

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
}
