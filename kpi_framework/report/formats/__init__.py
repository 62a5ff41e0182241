"""What machines read: JSON, JUnit, SARIF and the platforms' own."""
