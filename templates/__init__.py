"""What people read: formats (all rounding), contexts, figures, rendering and documents."""
