namespace Recon.Benchmarks.WholeRuns;

/// <summary>The texts that are compiled into this program.</summary>
internal static class EmbeddedText
{
    /// <summary>Reads one.</summary>
    /// <param name="name">Folder and file, with points between them.</param>
    public static string Read(string name)
    {
        using var reader = new StreamReader(typeof(EmbeddedText).Assembly.GetManifestResourceStream($"Recon.Benchmarks.{name}")!);
        return reader.ReadToEnd();
    }
}
