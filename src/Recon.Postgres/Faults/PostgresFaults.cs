using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Npgsql;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Topology;
using Recon.Postgres.Connections;

namespace Recon.Postgres.Faults;

/// <summary>
/// Understands failures of Npgsql and PostgreSQL. The classes are an allow-list by SQLSTATE and by phase:
/// <see cref="System.Data.Common.DbException.IsTransient"/> is also true for a commit whose reply was lost and for a full
/// disk, so it decides nothing here.
/// </summary>
internal static class PostgresFaults
{
    /// <param name="exception">The failure; of an <see cref="AggregateException"/>, the first one inside counts.</param>
    /// <param name="server">The server for messages, as <see cref="ConnectionSettings.Describe"/> gives it.</param>
    public static Fault Classify(Exception exception, string server, FaultPhase phase)
    {
        if (exception is AggregateException aggregate && aggregate.Flatten().InnerExceptions is [var first, ..])
        {
            return Classify(first, server, phase);
        }

        return exception switch
        {
            GraphFaultException { InnerException: { } cause } fault => InBlock(Classify(cause, server, phase), fault),
            PostgresException refused => FromServer(refused, server, phase),
            OperationCanceledException => new Fault(FaultKind.Cancelled, null, $"The work on {server} was cancelled.", 130),
            LeaseLostException lost => new Fault(FaultKind.LeaseLost, null, lost.Message, 5),
            ConnectionSettingsException settings => new Fault(FaultKind.Configuration, null, settings.Message, 2),
            InputException input => new Fault(FaultKind.Configuration, null, input.Message, 2),
            InputUnavailableException input => new Fault(FaultKind.Transient, null, input.Message, 4),
            EncoderFallbackException => new Fault(
                FaultKind.BadRow, null, "A value holds half of a surrogate pair, which is not valid Unicode and cannot be stored.", 1),
            _ => FromClient(exception, server, phase),
        };
    }

    /// <summary>Whether a failure is one of the server or of the way to it, whatever its class.</summary>
    /// <returns>Whether it is; not for cancellation and not for faults of recon.</returns>
    public static bool IsBroken(Exception exception)
        => exception is NpgsqlException or (IOException and not InputUnavailableException) or TimeoutException or SocketException || IsOnBrokenConnection(exception);

    /// <summary>Whether the server ended a statement, as it does with one that takes longer than it may.</summary>
    public static bool IsEnded(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    /// <summary>Whether the server refuses a value of a row, and takes the others.</summary>
    public static bool IsBadRow(PostgresException exception) => SqlStates.Of(exception.SqlState, FaultPhase.Copy).Kind == FaultKind.BadRow;

    // A connection that broke while nobody waited for it (its keepalive noticed, the process was asleep) is used once more.
    // What Npgsql throws then depends on what is used, and has no type of its own: what counts is that Npgsql throws it.
    private static bool IsOnBrokenConnection(Exception exception)
        => exception is InvalidOperationException or NullReferenceException
            && new StackTrace(exception).GetFrames()
                .Select(frame => DiagnosticMethodInfo.Create(frame)?.DeclaringAssemblyName.Split(',')[0])
                .FirstOrDefault(assembly => assembly?.StartsWith("System.", StringComparison.Ordinal) == false) == nameof(Npgsql);

    private static Fault InBlock(Fault cause, GraphFaultException fault)
        => cause with { Message = $"{cause.Message} (Block '{fault.Block}', {fault.Batch}.)" };

    private static Fault FromServer(PostgresException refused, string server, FaultPhase phase)
    {
        // PostgreSQL names the line of its source that complains; a pooler has none.
        SqlStates.Meaning meaning = SqlStates.Of(
            IsOfAnotherStatement(refused) ? PostgresErrorCodes.InvalidSqlStatementName : refused.SqlState, phase, ofPooler: refused.Routine is null);
        string said = meaning.ShowsServerText ? $" The server says: {OneLine(refused.MessageText)}." : "";
        return new Fault(
            meaning.Kind, refused.SqlState, $"{meaning.What} on {server} [{refused.SqlState}].{said} {meaning.Fix}".TrimEnd(), meaning.ExitCode);
    }

    private static Fault FromClient(Exception exception, string server, FaultPhase phase)
    {
        if (Find<AuthenticationException>(exception) is { } tls)
        {
            return new Fault(FaultKind.Configuration, null, $"The TLS certificate of {server} was not accepted: {OneLine(tls.Message)} "
                + "Give the authority's certificate (sslrootcert, PGSSLROOTCERT), check the host name, or add --insecure-tls.", 2);
        }

        if (Find<SocketException>(exception) is { } socket && phase == FaultPhase.Connect)
        {
            return new Fault(FaultKind.Transient, null, ConnectMessage(socket, server), 4);
        }

        if (exception is NpgsqlException { InnerException: null } && phase == FaultPhase.Connect && IsConfiguration(exception.Message))
        {
            return new Fault(FaultKind.Configuration, null, $"{server}: {OneLine(exception.Message)}. Check the TLS settings, the password and ~/.pgpass.", 2);
        }

        if (!IsBroken(exception))
        {
            return new Fault(FaultKind.Bug, null, $"Unexpected failure ({exception.GetType().Name}) while working on {server}.", 1);
        }

        if (phase == FaultPhase.Commit)
        {
            return new Fault(
                FaultKind.UnknownCommit, null, $"The connection to {server} broke during a commit; whether it took place is decided by the ledger.", 4);
        }

        bool isTimeout = Find<TimeoutException>(exception) is not null;
        string what = isTimeout && phase == FaultPhase.Connect
            ? $"No connection to {server} within the time limit, or all connections of the pool are in use. Check network and firewall (port 5432 must be open), or lower the parallelism."
            : isTimeout ? $"{server} did not answer within the time limit. Is it overloaded, or does the lookup key have no index (recon check)?"
            : $"The connection to {server} was lost. Is the server still running?";
        return new Fault(FaultKind.Transient, null, what, 4);
    }

    private static string ConnectMessage(SocketException socket, string server) => socket.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            $"The host name of {server} could not be translated to an address. Check its spelling, the network and DNS.",
        SocketError.ConnectionRefused =>
            $"Nothing accepts connections at {server}. Is PostgreSQL running there, does it listen on this address, and is the port right?",
        _ => $"{server} could not be reached ({socket.SocketErrorCode}). Check network and firewall; the port (5432 by default) must be open.",
    };

    // Npgsql gives these no type of their own.
    private static bool IsConfiguration(string message)
        => message.Contains("SSL", StringComparison.Ordinal)
            || message.Contains("password", StringComparison.OrdinalIgnoreCase)
            || message.Contains("authentication", StringComparison.OrdinalIgnoreCase);

    private static T? Find<T>(Exception exception)
        where T : Exception
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is T found)
            {
                return found;
            }
        }

        return null;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim().TrimEnd('.');

    // Behind a pooler a statement of the same name may be another session's, with other parameters.
    private static bool IsOfAnotherStatement(PostgresException refused)
        => refused is { SqlState: PostgresErrorCodes.ProtocolViolation, Routine: "exec_bind_message" };
}
