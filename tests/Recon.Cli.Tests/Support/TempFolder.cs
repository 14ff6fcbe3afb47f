using Recon.Testing;

namespace Recon.Cli.Tests.Support;

/// <summary>A folder of a test, deleted with it. Open to others, so that the account of an embedded server reaches it.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder()
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "recon-test-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "bronze_layer"));
    }

    public string Path { get; }

    /// <summary>A folder with the shipped definition.</summary>
    public static TempFolder WithDefinition()
    {
        var folder = new TempFolder();
        System.IO.File.Copy(DemoDatabase.Definition, folder.File("pipeline.json"));
        return folder;
    }

    /// <summary>The path of a file in the folder.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Copies a shipped bronze file.</summary>
    public void AddBronze(string name) => System.IO.File.Copy(Repository.Shipped(name), File(System.IO.Path.Combine("bronze_layer", name)));

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A server that was killed may still be ending in it.
        }
    }
}
