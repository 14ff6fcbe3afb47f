using System.Diagnostics;

namespace Recon.Postgres.Embedded;

/// <summary>
/// Stops the server when this process ends without doing so, even by <c>kill -9</c>. A detached shell waits for the
/// end of a pipe that only this process holds open; then it takes the users' lock and, if nobody else uses the server,
/// stops it. A pipe works on every Unix and, unlike a parent death signal, does not depend on a thread.
/// </summary>
internal sealed class DeathWatch : IDisposable
{
    /// <remarks>
    /// Arguments: users' lock, temporary folder or nothing, then the stop command. The first shell ends at once, so
    /// that the watch is nobody's child and in nobody's process group: what kills recon's group or tree spares it.
    /// The lock is tried for 3 s, because Linux ends a killed process's pipes a moment before it releases its locks.
    /// </remarks>
    private const string Script =
        """
        exec 3<&0 >/dev/null 2>&1
        watch='
            trap "" INT TERM HUP
            read -r word && exit 0
            lock=$1; folder=$2; shift 2
            exec 9<"$lock" || exit 1
            take() { if command -v flock; then flock -x -n 9; else perl -e "exit !flock(STDIN, 6)" <&9; fi; }
            tries=0
            until take; do
                tries=$((tries + 1))
                [ $tries -lt 30 ] || exit 0
                sleep 0.1
            done
            "$@"
            [ -z "$folder" ] || rm -rf -- "$folder"
        '
        if command -v setsid; then setsid sh -c "$watch" recon-watch "$@" <&3 3<&- &
        else sh -c "$watch" recon-watch "$@" <&3 3<&- & fi
        """;

    private readonly Process _shell;

    private DeathWatch(Process shell) => _shell = shell;

    /// <summary>Starts watching; <see langword="null"/> on Windows, where the next start takes over what was left.</summary>
    public static DeathWatch? Start(ServerHome home, IReadOnlyList<string> stop)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        ProcessStartInfo start = ToolProcess.StartInfo(
            ["/bin/sh", "-c", Script, "recon-watch", home.UsersLock, home.IsTemporary ? home.Root : "", .. stop]);
        start.RedirectStandardInput = true;
        return new DeathWatch(Process.Start(start)!);
    }

    /// <summary>Ends the watch; the server is left as it is.</summary>
    public void Dispose()
    {
        try
        {
            _shell.StandardInput.WriteLine("done");
            _shell.StandardInput.Close();
        }
        catch (IOException)
        {
            // The watch was killed: nothing to end.
        }

        _shell.Dispose();
    }
}
