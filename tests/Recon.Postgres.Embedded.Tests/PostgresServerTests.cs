using Recon.Testing;

namespace Recon.Postgres.Embedded.Tests;

public sealed class PostgresServerTests(PostgresServer server)
{
    [Fact]
    public async Task CreateDatabase_Twice_GivesTwoEmptyDatabases()
    {
        await using TestDatabase first = await server.CreateDatabaseAsync();
        await using TestDatabase second = await server.CreateDatabaseAsync();
        await first.ExecuteAsync("create table t (i int)");
        Assert.NotEqual(first.Name, second.Name);
        Assert.Null(await second.QueryValueAsync<string>("select to_regclass('t')::text"));
    }
}
