using Recon.Samples;
using Recon.Testing;

namespace Recon.Cli.Tests.Support;

/// <summary>The shipped sample, with so many communications that a run is caught at work.</summary>
internal static class LargeSample
{
    /// <summary>A folder with the shipped definition and its files.</summary>
    /// <param name="rows">Records of the file of communications.</param>
    public static async Task<TempFolder> CreateAsync(int rows)
    {
        var folder = TempFolder.WithDefinition();
        foreach (string name in (string[])["Bronze_Company.csv", "Bronze_Person.csv", "Bronze_Opportunity.csv"])
        {
            folder.AddBronze(name);
        }

        await using FileStream file = File.Create(folder.File("bronze_layer/Bronze_Communication.csv"));
        await new SampleGenerator(new SampleOptions { Rows = rows, Seed = 5 })
            .WriteBronzeAsync("Bronze_Communication.csv", file, TestContext.Current.CancellationToken);
        return folder;
    }

    /// <summary>Ends a session that writes a batch, which a run then tries again.</summary>
    public static Task EndASessionAsync(TestDatabase database) => Until.TrueAsync(
        "a session that writes",
        async () => await database.QueryValueAsync<long>("""
            select count(pg_terminate_backend(pid)) from pg_stat_activity
            where datname = current_database() and application_name = 'recon' and state = 'active' and query ilike 'copy%'
            """) > 0,
        TestContext.Current.CancellationToken);
}
