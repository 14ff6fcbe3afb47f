using Npgsql;
using Recon.Postgres.Connections;

namespace Recon.Postgres.Tests.Connections;

public sealed class ConnectionSettingsTests
{
    [Theory]
    [InlineData("Host=localhost;Port=5433;Database=d;Username=u", "localhost:5433/d as u")]
    [InlineData("postgres://u:p@localhost:5433/d", "localhost:5433/d as u")]
    [InlineData("postgresql://u@127.0.0.1/d", "127.0.0.1:5432/d as u")]
    [InlineData("postgres://u%40corp:p%2Fw@localhost/my%20db", "localhost:5432/my db as u@corp")]
    [InlineData("postgres://u@[::1]:6000/d", "::1:6000/d as u")]
    [InlineData("postgres://u@/d?host=/var/run/postgresql", "socket:5432/d as u")]
    [InlineData("postgresql:///d?host=localhost&port=5434&user=u", "localhost:5434/d as u")]
    [InlineData("jdbc:postgresql://db.example.com:5432/postgres?user=postgres&password=p", "db.example.com:5432/postgres as postgres")]
    [InlineData("jdbc:postgresql:d?user=u", "localhost:5432/d as u")]
    public void Parse_EachForm_NamesTheServer(string text, string expected)
        => Assert.Equal(expected, Parse(text).Describe());

    [Theory]
    [InlineData("Host=localhost;Username=u;Password=s3cret")]
    [InlineData("postgres://u:s3cret@localhost/d")]
    [InlineData("postgres://u@localhost/d?password=s3cret")]
    [InlineData("jdbc:postgresql://localhost/d?user=u&password=s3cret")]
    public void ToString_WithPassword_DoesNotShowIt(string text)
    {
        ConnectionSettings settings = Parse(text);
        Assert.Equal("s3cret", settings.CreateBuilder().Password);
        Assert.DoesNotContain("s3cret", settings.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://u:p%40%3A%2f@localhost/d", "p@:/")]
    [InlineData("postgres://u:a:b@localhost/d", "a:b")]
    [InlineData("postgres://u:a+b@localhost/d", "a+b")]
    public void Parse_PasswordInUri_IsPercentDecoded(string text, string expected)
        => Assert.Equal(expected, Parse(text).CreateBuilder().Password);

    [Theory]
    [InlineData("postgres://u@localhost/d?colour=red", "colour")]
    [InlineData("jdbc:postgresql://localhost/d?user=u&targetServerType=primary", "targetServerType")]
    [InlineData("Host=localhost;Colour=red", "colour")]
    [InlineData("mysql://localhost/d", "mysql://")]
    [InlineData("jdbc:mysql://localhost/d", "jdbc:postgresql:")]
    [InlineData("postgres://u:a/b@localhost/d", "percent-encoded")]
    [InlineData("postgres://u:100%@localhost/d", "%25")]
    [InlineData("postgres://a,b/d", "several hosts")]
    [InlineData("Host=localhost;Port=abc", "\"port\"")]
    [InlineData("postgres://localhost:0/d", "65535")]
    [InlineData("host=localhost dbname=d", "semicolons")]
    [InlineData("localhost", "not a connection string")]
    [InlineData("", "empty")]
    [InlineData("env:NOT_SET", "NOT_SET")]
    public void Parse_UnusableText_SaysWhatAndWhere(string text, string expected)
    {
        ConnectionSettingsException refused = Assert.Throws<ConnectionSettingsException>(() => Parse(text));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith("--postgres", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://u:s3cret/x@localhost/d")]
    [InlineData("Host=localhost;Password=s3cret;Colour=s3cret")]
    [InlineData("postgres://u@localhost/d?password=s3cret&colour=s3cret")]
    [InlineData("Host=localhost;Port=s3cret")]
    public void Parse_UnusableTextWithSecret_DoesNotRepeatIt(string text)
        => Assert.DoesNotContain("s3cret", Assert.Throws<ConnectionSettingsException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Resolve_ArgumentAndAllElse_ArgumentWins()
        => Assert.Equal("--postgres", Resolve("Host=localhost", "embedded", ("RECON_POSTGRES", "Host=a"), ("PGHOST", "b")).Origin);

    [Fact]
    public void Resolve_ReconPostgresAndPgHost_ReconPostgresWins()
        => Assert.Equal("RECON_POSTGRES", Resolve(null, "embedded", ("RECON_POSTGRES", "Host=localhost"), ("PGHOST", "b")).Origin);

    [Fact]
    public void Resolve_PgVariables_AreAllRead()
    {
        ConnectionSettings settings = Resolve(
            null, "embedded", ("PGHOST", "/run/pg"), ("PGPORT", "5440"), ("PGDATABASE", "d"), ("PGUSER", "u"),
            ("PGPASSWORD", "p"), ("PGPASSFILE", "/x/pass"), ("PGSSLMODE", "disable"), ("PGSSLROOTCERT", "/x/root.crt"));
        NpgsqlConnectionStringBuilder builder = settings.CreateBuilder();
        Assert.Equal("socket:5440/d as u", settings.Describe());
        Assert.Equal(("p", "/x/pass", SslMode.Disable, "/x/root.crt"), (builder.Password, builder.Passfile, builder.SslMode, builder.RootCertificate));
    }

    [Theory]
    [InlineData("postgres://u@db.example.com/d?sslrootcert=/no/such/root.crt", "/no/such/root.crt")]
    [InlineData("postgres://u@localhost/d?sslmode=verify-ca&sslrootcert=/no/such/root.crt", "/no/such/root.crt")]
    [InlineData("jdbc:postgresql://db.example.com/d?user=u&sslcert=/no/such/client.crt", "/no/such/client.crt")]
    [InlineData("Host=db.example.com;SSL Key=/no/such/client.key", "/no/such/client.key")]
    public void Parse_MissingTlsFile_IsRefusedByItsName(string text, string path)
        => Assert.Contains(path, Assert.Throws<ConnectionSettingsException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_RootCertificateThatIsNone_IsRefused()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Recon.Postgres.dll");

        string message = Assert.Throws<ConnectionSettingsException>(() => Parse($"Host=db.example.com;Root Certificate={path}")).Message;

        Assert.Contains($"{path}, holds no certificate", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_PgPortWithoutPgHost_DoesNotTouchAStatedHost()
        => Assert.Equal(5432, Resolve("Host=localhost", "embedded", ("PGPORT", "1")).CreateBuilder().Port);

    [Fact]
    public void Resolve_NothingButTheDefinition_IsEmbedded()
        => Assert.True(Resolve(null, "embedded").IsEmbedded);

    [Fact]
    public void Resolve_DefinitionNamesVariable_ReadsIt()
        => Assert.Equal("localhost:5432/d as u", Resolve(null, "env:CRM", ("CRM", "postgres://u:p@localhost/d")).Describe());

    [Fact]
    public void Resolve_PasswordInDefinition_IsRefused()
        => Assert.Contains(
            "env:NAME",
            Assert.Throws<ConnectionSettingsException>(() => Resolve(null, "postgres://u:p@localhost/d")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("Host=localhost", false, SslMode.Prefer)]
    [InlineData("Host=127.0.0.9", false, SslMode.Prefer)]
    [InlineData("Host=::1", false, SslMode.Prefer)]
    [InlineData("Host=/run/postgresql", false, SslMode.Prefer)]
    [InlineData("Host=localhost;SSL Mode=Disable", false, SslMode.Disable)]
    [InlineData("Host=db.example.com", false, SslMode.VerifyFull)]
    [InlineData("postgres://db.example.com/d?sslmode=verify-full", false, SslMode.VerifyFull)]
    [InlineData("jdbc:postgresql://db.example.com/d?ssl=true", false, SslMode.VerifyFull)]
    [InlineData("Host=db.example.com", true, SslMode.Prefer)]
    [InlineData("postgres://db.example.com/d?sslmode=require", true, SslMode.Require)]
    public void Parse_TlsMode_FollowsTheHost(string text, bool insecure, SslMode expected)
        => Assert.Equal(expected, ConnectionSettings.Parse(text, "--postgres", insecure, _ => null).CreateBuilder().SslMode);

    [Theory]
    [InlineData("postgres://db.example.com/d?sslmode=require")]
    [InlineData("postgres://db.example.com/d?sslmode=verify-ca")]
    [InlineData("Host=10.0.0.1;SSL Mode=Disable")]
    public void Parse_WeakTlsToAnotherHost_IsRefused(string text)
        => Assert.Contains("--insecure-tls", Assert.Throws<ConnectionSettingsException>(() => Parse(text)).Message, StringComparison.Ordinal);

    private static ConnectionSettings Parse(string text) => ConnectionSettings.Parse(text, "--postgres", false, _ => null);

    private static ConnectionSettings Resolve(string? argument, string definition, params (string Name, string Value)[] variables)
        => ConnectionSettings.Resolve(
            argument, definition, insecureTls: false,
            name => variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault());
}
