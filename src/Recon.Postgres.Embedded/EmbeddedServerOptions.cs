using Recon.Postgres.Runs;

namespace Recon.Postgres.Embedded;

/// <summary>Adds the private server to the library.</summary>
public static class EmbeddedServerOptions
{
    /// <summary>Starts a private server when a definition asks for one (<c>"postgres": "embedded"</c>).</summary>
    /// <param name="options">The options.</param>
    /// <returns>The same options with <see cref="ReconciliationOptions.StartEmbedded"/> set.</returns>
    public static ReconciliationOptions WithEmbeddedPostgres(this ReconciliationOptions options) => options with
    {
        StartEmbedded = async (folder, cancellationToken) => await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions
            {
                DataDirectory = folder,
                Logger = options.Logger,
                Clock = options.Clock,
            },
            cancellationToken),
    };
}
