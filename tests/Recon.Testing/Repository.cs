namespace Recon.Testing;

/// <summary>The checkout that the tests run in.</summary>
public static class Repository
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of a shipped sample.</summary>
    /// <param name="file">Its name, as <c>Bronze_Company.csv</c>.</param>
    public static string Shipped(string file) => Path.Combine(Root, "bronze_layer", file);

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Recon.Dataflow.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Recon.Dataflow.sln was not found above the tests.");
        }

        return folder;
    }
}
