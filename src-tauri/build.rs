//! Lets Tauri prepare its part of the desktop build; the headless build has nothing to do here.

fn main() {
    #[cfg(feature = "desktop")]
    {
        tauri_build::try_build(tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*"))
            .expect("tauri.conf.json and src-tauri/capabilities are valid");
        println!("cargo:rerun-if-changed=src-tauri/capabilities");
    }
}
