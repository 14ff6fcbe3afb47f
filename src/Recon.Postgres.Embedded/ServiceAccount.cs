namespace Recon.Postgres.Embedded;

/// <summary>
/// The user that runs the server. PostgreSQL refuses root, so root hands every command over to an unprivileged
/// account; everybody else runs the commands directly.
/// </summary>
/// <param name="prefix">What hands a command over to the account; nothing for the user's own.</param>
internal sealed class ServiceAccount(string? name, IReadOnlyList<string> prefix)
{
    /// <summary>The account's name; <see langword="null"/> when it is the user's own.</summary>
    public string? Name { get; } = name;

    /// <summary>Whether commands run as somebody else.</summary>
    public bool IsOther => Name is not null;

    /// <summary>Finds the account that can run a server here.</summary>
    /// <exception cref="EmbeddedPostgresException">Root without an unprivileged account or a way to become one.</exception>
    public static async Task<ServiceAccount> FindAsync(CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess || OperatingSystem.IsWindows())
        {
            return new ServiceAccount(null, []);
        }

        var tried = new List<string>();
        foreach (string user in (string[])["postgres", "nobody"])
        {
            foreach (string[] way in Prefixes(user))
            {
                ToolResult result = await ToolProcess.RunAsync([.. way, "true"], TimeSpan.FromSeconds(5), cancellationToken);
                if (result.Succeeded)
                {
                    return new ServiceAccount(user, way);
                }

                tried.Add($"{way[0]} to {user}: {result.Tail}");
            }
        }

        throw new EmbeddedPostgresException(
            "PostgreSQL refuses to run as root, and no unprivileged account could be used: "
            + string.Join("; ", tried) + ". Run recon as an ordinary user, or give a server with --postgres.");
    }

    public IReadOnlyList<string> Command(params IEnumerable<string> command) => [.. prefix, .. command];

    public Task<ToolResult> RunAsync(TimeSpan timeout, CancellationToken cancellationToken, params IEnumerable<string> command)
        => ToolProcess.RunAsync(Command(command), timeout, cancellationToken);

    /// <summary>Whether the account passes <c>test</c> with an operator on a path.</summary>
    public async Task<bool> TestAsync(string @operator, string path, CancellationToken cancellationToken)
        => (await RunAsync(TimeSpan.FromSeconds(5), cancellationToken, "test", @operator, path)).Succeeded;

    /// <summary>Gives a file or folder to the account.</summary>
    public async Task OwnAsync(string path, CancellationToken cancellationToken)
    {
        if (Name is null)
        {
            return;
        }

        ToolResult result = await ToolProcess.RunAsync(["chown", "-h", Name, path], TimeSpan.FromSeconds(5), cancellationToken);
        if (!result.Succeeded)
        {
            throw new EmbeddedPostgresException($"Could not give {path} to the user {Name}: {result.Tail}");
        }
    }

    private static IEnumerable<string[]> Prefixes(string user)
    {
        yield return ["setpriv", $"--reuid={user}", $"--regid={user}", "--init-groups", "--"];
        yield return ["setpriv", $"--reuid={user}", "--regid=nogroup", "--init-groups", "--"];
        yield return ["runuser", "-u", user, "--"];
        yield return ["su", "-s", "/bin/sh", user, "-c", "exec \"$0\" \"$@\"", "--"];
    }
}
