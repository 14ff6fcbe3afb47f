using Recon.Testing;

namespace Recon.Review.Tests;

/// <summary>Texts that people read, compared with approved files. <c>RECON_ACCEPT=1</c> accepts a new text.</summary>
internal static class Golden
{
    public static async Task CheckAsync(string name, string actual)
    {
        string path = Path.Combine(Repository.Root, "tests", "Recon.Review.Tests", "Approved", name);
        if (Environment.GetEnvironmentVariable("RECON_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(path, actual, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), actual);
    }
}
