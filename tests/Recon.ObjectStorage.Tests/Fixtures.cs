[assembly: AssemblyFixture(typeof(Recon.Testing.PostgresServer))]
