# The rows that this project makes itself; data/README.md says what they are.
.PHONY: samples
samples:
	@dotnet run --project data/generator -c Release -- demo -o data/samples
